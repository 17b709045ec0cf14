//! Repeated failures, and the recovery from them.
//!
//! The vendor asks to alert when server errors repeat (<https://dev.openprospect.io/api/errors/>, retry rules). It is
//! told once when it begins and once when it is over, whichever calls of the client fail and succeed.

use crate::error::Kind;
use crate::time::Now;

/// So many calls in a row: one may be chance, and two the same restart of a server.
pub const CALLS: u32 = 3;

/// How a call ended, as far as it says something of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// With an answer of 2xx.
    Well,
    /// With a server error, or without a response.
    Badly,
    /// With an answer that the request itself brought upon it, such as a 404.
    Otherwise,
    /// Without having been sent.
    Unsent,
}

impl Ended {
    /// How a call ended with an error of that kind; `sent` says whether any attempt left the client.
    pub fn with(kind: Kind, sent: bool) -> Self {
        match kind {
            Kind::Server | Kind::Connection | Kind::Timeout if sent => Self::Badly,
            _ if sent => Self::Otherwise,
            _ => Self::Unsent,
        }
    }
}

/// What there is to tell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Notice {
    /// True when the server recovered, false when failures repeat.
    pub recovered: bool,
    /// Calls that failed, so far or in all.
    pub count: u32,
    /// When the first of them ended.
    pub since: Now,
}

/// The failures in a row of all calls of a client.
#[derive(Debug, Default)]
pub struct Alerts {
    count: u32,
    since: Option<Now>,
    told: bool,
}

impl Alerts {
    /// Takes in how a call ended.
    pub fn record(&mut self, ended: Ended, now: Now) -> Option<Notice> {
        match ended {
            Ended::Badly => {
                let since = *self.since.get_or_insert(now);
                self.count = self.count.saturating_add(1);
                let begins = !self.told && self.count >= CALLS;
                self.told |= begins;
                begins.then_some(Notice { recovered: false, count: self.count, since })
            }
            Ended::Well => {
                let Self { count, since, told } = core::mem::take(self);
                since.filter(|_| told).map(|since| Notice { recovered: true, count, since })
            }
            // The server answers again, but nobody got what they asked for.
            Ended::Otherwise if !self.told => {
                *self = Self::default();
                None
            }
            Ended::Otherwise | Ended::Unsent => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Ended::{Badly, Otherwise, Unsent, Well};
    use super::*;
    use alloc::vec::Vec;

    /// `(position, recovered, count, since)` of each notice, when the nth call ends at n seconds.
    fn notices(calls: &[Ended]) -> Vec<(usize, bool, u32, f64)> {
        let mut alerts = Alerts::default();
        let at = |index: usize| Now { monotonic: index as f64, wall: index as f64 * 1_000.0 };
        let mut tell = |(index, ended): (usize, &Ended)| {
            let notice = alerts.record(*ended, at(index))?;
            Some((index, notice.recovered, notice.count, notice.since.wall))
        };
        calls.iter().enumerate().filter_map(&mut tell).collect()
    }

    #[test]
    fn the_third_failure_in_a_row_alerts_and_the_next_success_ends_it() {
        let calls = [Well, Badly, Badly, Badly, Badly, Well, Well];
        assert_eq!(notices(&calls), [(3, false, 3, 1_000.0), (5, true, 4, 1_000.0)]);
    }

    #[test]
    fn each_episode_alerts_once() {
        let calls = [Badly, Badly, Badly, Badly, Badly, Badly, Badly, Well, Badly, Badly, Badly];
        assert_eq!(notices(&calls), [(2, false, 3, 0.0), (7, true, 7, 0.0), (10, false, 3, 8_000.0)]);
    }

    #[test]
    fn failures_that_are_not_in_a_row_do_not_alert() {
        for between in [Well, Otherwise] {
            assert_eq!(notices(&[Badly, Badly, between, Badly, Badly, Well]), []);
        }
    }

    #[test]
    fn a_call_that_was_never_sent_changes_nothing() {
        assert_eq!(notices(&[Badly, Unsent, Badly, Unsent, Badly]), [(4, false, 3, 0.0)]);
    }

    #[test]
    fn only_a_success_is_a_recovery() {
        let calls = [Badly, Badly, Badly, Otherwise, Badly, Well];
        assert_eq!(notices(&calls), [(2, false, 3, 0.0), (5, true, 4, 0.0)]);
    }

    #[test]
    fn kinds_say_how_a_call_ended() {
        for kind in [Kind::Server, Kind::Connection, Kind::Timeout] {
            assert_eq!(Ended::with(kind, true), Badly);
            assert_eq!(Ended::with(kind, false), Unsent);
        }
        for kind in [Kind::NotFound, Kind::RateLimit, Kind::Decode, Kind::Api] {
            assert_eq!(Ended::with(kind, true), Otherwise);
        }
    }
}
