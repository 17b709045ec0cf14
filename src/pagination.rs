//! Pagination: completes the metadata of a page where a server omits some, and determines the next page.

/// The documented default of `limit`.
pub const DEFAULT_LIMIT: f64 = 50.0;

/// The metadata of a page, as far as the server sent it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PageMetadata {
    /// Total number of items.
    pub total: Option<f64>,
    /// Maximum number of items per page.
    pub limit: Option<f64>,
    /// Number of items before this page.
    pub offset: Option<f64>,
    /// Whether another page follows.
    pub has_more: Option<bool>,
}

/// The complete metadata of a page.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs, reason = "as in PageMetadata")]
pub struct CompleteMetadata {
    pub total: f64,
    pub limit: f64,
    pub offset: f64,
    pub has_more: bool,
}

impl PageMetadata {
    /// Fills in what the server omitted, from the requested values and the number of items received.
    pub fn complete(self, asked_limit: Option<f64>, asked_offset: Option<f64>, items: u32) -> CompleteMetadata {
        let limit = self.limit.or(asked_limit).unwrap_or(DEFAULT_LIMIT);
        let offset = self.offset.or(asked_offset).unwrap_or(0.0);
        let end = offset + f64::from(items);
        // If the server does not report it, a full page suggests that another one follows; an empty page never does.
        let by_total = self.total.map(|total| end < total);
        let full = limit > 0.0 && f64::from(items) >= limit;
        let has_more = self.has_more.unwrap_or(items > 0 && by_total.unwrap_or(full));
        CompleteMetadata { total: self.total.unwrap_or(end), limit, offset, has_more }
    }
}

/// What to do after a page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NextPage {
    /// Request the page at this offset.
    Next(f64),
    /// It was the last one.
    End,
    /// It repeats the previous page: the server does not paginate, and returned the whole list each time.
    Again,
    /// The server does not advance, and following its pages would never end.
    Stuck,
}

/// What is known about a page besides its metadata.
#[derive(Clone, Copy, Debug)]
pub struct RequestedPage {
    /// The requested offset.
    pub offset: f64,
    /// The requested limit.
    pub limit: f64,
    /// How many pages before it were identical.
    pub repeats: u32,
}

impl PageMetadata {
    /// What to do after this page with this number of items.
    ///
    /// If the server does not report whether another page follows, only an empty page is the last one: a total may be
    /// wrong, and a page may hold fewer items than requested. A page of a single item may arrive twice by chance, if
    /// another item was inserted before it in between.
    pub fn follow(self, requested: RequestedPage, items: u32) -> NextPage {
        let chance = u32::from(items == 1);
        let is_short = f64::from(items) < self.limit.unwrap_or(requested.limit);
        if items == 0 {
            NextPage::End
        } else if self.has_more.is_none() && is_short && requested.repeats > 0 {
            NextPage::Again
        } else if self.offset.is_some_and(|offset| offset != requested.offset) || requested.repeats > chance {
            NextPage::Stuck
        } else if self.has_more == Some(false) {
            NextPage::End
        } else {
            NextPage::Next(requested.offset + f64::from(items))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_came_and_fills_in_the_rest() {
        let all = PageMetadata { total: Some(7.0), limit: Some(2.0), offset: Some(4.0), has_more: Some(true) };
        let whole = CompleteMetadata { total: 7.0, limit: 2.0, offset: 4.0, has_more: true };
        assert_eq!(all.complete(None, None, 2), whole);
        assert_eq!(PageMetadata { has_more: None, ..all }.complete(None, None, 2), whole);
        let last = PageMetadata { offset: Some(6.0), has_more: None, ..all }.complete(None, None, 1);
        assert!(!last.has_more);
    }

    #[test]
    fn guesses_from_a_full_page_when_nothing_is_told() {
        let bare = PageMetadata::default();
        assert!(bare.complete(Some(2.0), Some(4.0), 2).has_more);
        assert!(!bare.complete(Some(2.0), Some(4.0), 1).has_more);
        assert_eq!(
            bare.complete(None, None, 3),
            CompleteMetadata { total: 3.0, limit: 50.0, offset: 0.0, has_more: false }
        );
    }

    #[test]
    fn an_empty_page_is_the_last_unless_the_server_says_otherwise() {
        let short = PageMetadata { total: Some(9.0), ..PageMetadata::default() };
        assert!(!short.complete(None, None, 0).has_more);
        assert!(PageMetadata { has_more: Some(true), ..short }.complete(None, None, 0).has_more);
    }

    const FIRST: RequestedPage = RequestedPage { offset: 4.0, limit: 2.0, repeats: 0 };

    #[test]
    fn pages_are_followed_to_the_end_and_no_further() {
        let page = PageMetadata { total: Some(9.0), limit: Some(2.0), offset: Some(4.0), has_more: Some(true) };
        assert_eq!(page.follow(FIRST, 2), NextPage::Next(6.0));
        assert_eq!(page.follow(FIRST, 0), NextPage::End);
        assert_eq!(PageMetadata { has_more: Some(false), ..page }.follow(FIRST, 2), NextPage::End);
    }

    #[test]
    fn without_a_word_on_it_an_empty_page_is_the_last() {
        for total in [None, Some(1.0), Some(6.0), Some(900.0)] {
            let page = PageMetadata { total, ..PageMetadata::default() };
            assert_eq!(page.follow(FIRST, 2), NextPage::Next(6.0));
            assert_eq!(page.follow(FIRST, 1), NextPage::Next(5.0));
            assert_eq!(page.follow(FIRST, 0), NextPage::End);
        }
    }

    #[test]
    fn a_server_that_does_not_advance_is_not_followed() {
        let page =
            PageMetadata { limit: Some(2.0), offset: Some(4.0), has_more: Some(true), ..PageMetadata::default() };
        let again = |repeats: u32| RequestedPage { repeats, ..FIRST };
        assert_eq!(page.follow(RequestedPage { offset: 6.0, ..FIRST }, 2), NextPage::Stuck);
        assert_eq!(page.follow(again(1), 2), NextPage::Stuck);
        assert_eq!(page.follow(again(1), 1), NextPage::Next(5.0));
        assert_eq!(page.follow(again(2), 1), NextPage::Stuck);
        // Without `has_more`: a whole list, or pages that do not advance.
        assert_eq!(PageMetadata::default().follow(again(1), 1), NextPage::Again);
        assert_eq!(PageMetadata::default().follow(again(1), 2), NextPage::Stuck);
    }
}
