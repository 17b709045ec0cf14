//! Waiting for a long job: is its state final, and how long until the next look.

use crate::time::Millis;

/// A look every few seconds at first: most jobs wait for a person, and none is done in one.
pub const DEFAULT_POLL: Millis = 5_000.0;
/// A job of hours is looked at once a minute.
const LONGEST: Millis = 60_000.0;
const GROWTH: f64 = 1.5;
/// A server that says "at once" every time is not asked in a tight loop.
const SHORTEST_TOLD: Millis = 100.0;

/// What a state says about a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It ended well.
    Succeeded,
    /// It ended otherwise, and will not change any more.
    Failed,
    /// It goes on. So does a state that nobody has heard of.
    Open,
}

/// Reads the state of an order or a search profile.
pub fn state(status: &str) -> State {
    match status {
        "COMPLETED" | "SUCCEEDED" => State::Succeeded,
        "REJECTED" | "FAILED" | "CANCELLED" => State::Failed,
        _ => State::Open,
    }
}

/// The waits between looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval(Millis);

impl Interval {
    /// Begins with that wait.
    pub fn new(first: Millis) -> Self {
        Self(first)
    }

    /// The wait before the next look; what the server asks for wins. Each is longer than the one before, up to a
    /// minute.
    pub fn next(&mut self, told: Option<Millis>) -> Millis {
        let own = self.0;
        self.0 = (own * GROWTH).min(LONGEST).max(own);
        told.map_or(own, |told| told.max(SHORTEST_TOLD))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_state_is_known_and_others_stay_open() {
        for (status, expected) in [
            ("RECEIVED", State::Open),
            ("ACCEPTED", State::Open),
            ("IN_PROGRESS", State::Open),
            ("COMPLETED", State::Succeeded),
            ("REJECTED", State::Failed),
            ("FAILED", State::Failed),
            ("CANCELLED", State::Failed),
            ("PENDING", State::Open),
            ("RUNNING", State::Open),
            ("SUCCEEDED", State::Succeeded),
            ("PAUSED", State::Open),
            ("", State::Open),
        ] {
            assert_eq!(state(status), expected, "{status}");
        }
    }

    #[test]
    fn the_interval_grows_to_a_minute() {
        let mut interval = Interval::new(DEFAULT_POLL);
        let waits: alloc::vec::Vec<_> = (0..8).map(|_| interval.next(None)).collect();
        assert_eq!(waits, [5_000.0, 7_500.0, 11_250.0, 16_875.0, 25_312.5, 37_968.75, 56_953.125, 60_000.0]);
    }

    #[test]
    fn the_server_has_its_way_for_one_look() {
        let mut interval = Interval::new(1_000.0);
        assert_eq!(interval.next(Some(90_000.0)), 90_000.0);
        assert_eq!(interval.next(Some(0.0)), 100.0);
        assert_eq!(interval.next(None), 2_250.0);
    }

    #[test]
    fn an_interval_longer_than_a_minute_stays() {
        let mut interval = Interval::new(120_000.0);
        assert_eq!((interval.next(None), interval.next(None)), (120_000.0, 120_000.0));
    }
}
