//! A page of a list, made whole where a server leaves something out.

/// The documented default of `limit`.
pub const DEFAULT_LIMIT: f64 = 50.0;

/// The numbers of a page, as far as they came.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Counts {
    /// How many items there are in all.
    pub total: Option<f64>,
    /// How many a page holds at most.
    pub limit: Option<f64>,
    /// How many come before this page.
    pub offset: Option<f64>,
    /// Whether another page follows.
    pub has_more: Option<bool>,
}

/// The numbers of a page, all of them.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs, reason = "as in Counts")]
pub struct Whole {
    pub total: f64,
    pub limit: f64,
    pub offset: f64,
    pub has_more: bool,
}

impl Counts {
    /// Fills in what the server left out from what was asked for and how many items came.
    pub fn complete(self, asked_limit: Option<f64>, asked_offset: Option<f64>, items: u32) -> Whole {
        let limit = self.limit.or(asked_limit).unwrap_or(DEFAULT_LIMIT);
        let offset = self.offset.or(asked_offset).unwrap_or(0.0);
        let end = offset + f64::from(items);
        // Without a word on it a full page suggests another one; an empty page never does.
        let by_total = self.total.map(|total| end < total);
        let full = limit > 0.0 && f64::from(items) >= limit;
        let has_more = self.has_more.unwrap_or(items > 0 && by_total.unwrap_or(full));
        Whole { total: self.total.unwrap_or(end), limit, offset, has_more }
    }
}

/// What to do after a page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Follow {
    /// Get the page at this offset.
    Next(f64),
    /// It was the last one.
    End,
    /// The server does not advance, and would be followed for ever.
    Stuck,
}

impl Whole {
    /// What to do after this page of so many items, which was asked for at that offset. `repeats` is how many pages
    /// before it were the same.
    ///
    /// A page of a single item may come twice by chance, when another one was put before it in between.
    pub fn follow(self, asked: f64, items: u32, repeats: u32) -> Follow {
        let chance = u32::from(items == 1);
        if items == 0 {
            Follow::End
        } else if self.offset != asked || repeats > chance {
            Follow::Stuck
        } else if self.has_more {
            Follow::Next(asked + f64::from(items))
        } else {
            Follow::End
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_came_and_fills_in_the_rest() {
        let all = Counts { total: Some(7.0), limit: Some(2.0), offset: Some(4.0), has_more: Some(true) };
        let whole = Whole { total: 7.0, limit: 2.0, offset: 4.0, has_more: true };
        assert_eq!(all.complete(None, None, 2), whole);
        assert_eq!(Counts { has_more: None, ..all }.complete(None, None, 2), whole);
        let last = Counts { offset: Some(6.0), has_more: None, ..all }.complete(None, None, 1);
        assert!(!last.has_more);
    }

    #[test]
    fn guesses_from_a_full_page_when_nothing_is_told() {
        let bare = Counts::default();
        assert!(bare.complete(Some(2.0), Some(4.0), 2).has_more);
        assert!(!bare.complete(Some(2.0), Some(4.0), 1).has_more);
        assert_eq!(bare.complete(None, None, 3), Whole { total: 3.0, limit: 50.0, offset: 0.0, has_more: false });
    }

    #[test]
    fn an_empty_page_is_the_last_unless_the_server_says_otherwise() {
        let short = Counts { total: Some(9.0), ..Counts::default() };
        assert!(!short.complete(None, None, 0).has_more);
        assert!(Counts { has_more: Some(true), ..short }.complete(None, None, 0).has_more);
    }

    #[test]
    fn pages_are_followed_to_the_end_and_no_further() {
        let page = Whole { total: 9.0, limit: 2.0, offset: 4.0, has_more: true };
        assert_eq!(page.follow(4.0, 2, 0), Follow::Next(6.0));
        assert_eq!(page.follow(4.0, 0, 0), Follow::End);
        assert_eq!(Whole { has_more: false, ..page }.follow(4.0, 2, 0), Follow::End);
    }

    #[test]
    fn a_server_that_does_not_advance_is_not_followed() {
        let page = Whole { total: 9.0, limit: 2.0, offset: 4.0, has_more: true };
        assert_eq!(page.follow(6.0, 2, 0), Follow::Stuck);
        assert_eq!(page.follow(4.0, 2, 1), Follow::Stuck);
        assert_eq!(page.follow(4.0, 1, 1), Follow::Next(5.0));
        assert_eq!(page.follow(4.0, 1, 2), Follow::Stuck);
    }
}
