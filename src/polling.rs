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

/// What to do about a job after a look at it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Look {
    /// It ended well.
    Succeeded,
    /// It ended otherwise.
    Failed,
    /// Look again after that wait.
    After(Millis),
    /// The server asks for a longer wait than the client allows.
    TooLong(Millis),
}

/// What to do after a look that showed this state; `looks` is how many there were before it. What the server asks for
/// wins, for one look, unless it is longer than `max_told`. Otherwise each wait is longer than the one before, up to a minute; the first is
/// [`DEFAULT_POLL`] if it is not given.
pub fn next_look(status: &str, first: Option<Millis>, looks: u32, told: Option<Millis>, max_told: Millis) -> Look {
    match state(status) {
        State::Succeeded => Look::Succeeded,
        State::Failed => Look::Failed,
        State::Open => match told {
            Some(told) if told > max_told => Look::TooLong(told),
            Some(told) => Look::After(told.max(SHORTEST_TOLD)),
            None => Look::After(interval(first, looks)),
        },
    }
}

fn interval(first: Option<Millis>, looks: u32) -> Millis {
    let mut wait = first.unwrap_or(DEFAULT_POLL);
    for _ in 0..looks {
        if wait >= LONGEST {
            break;
        }
        wait = (wait * GROWTH).min(LONGEST);
    }
    wait
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
        let waits = [5_000.0, 7_500.0, 11_250.0, 16_875.0, 25_312.5, 37_968.75, 56_953.125, 60_000.0, 60_000.0];
        for (looks, wait) in (0..).zip(waits) {
            assert_eq!(next_look("PENDING", None, looks, None, f64::INFINITY), Look::After(wait));
            assert_eq!(next_look("PENDING", Some(DEFAULT_POLL), looks, None, f64::INFINITY), Look::After(wait));
        }
        assert_eq!(next_look("PENDING", Some(1.0), u32::MAX, None, f64::INFINITY), Look::After(60_000.0));
    }

    #[test]
    fn the_server_has_its_way_for_one_look() {
        assert_eq!(next_look("RUNNING", Some(1_000.0), 0, Some(90_000.0), f64::INFINITY), Look::After(90_000.0));
        assert_eq!(next_look("RUNNING", Some(1_000.0), 1, Some(0.0), f64::INFINITY), Look::After(100.0));
        assert_eq!(next_look("RUNNING", Some(1_000.0), 2, None, f64::INFINITY), Look::After(2_250.0));
    }

    #[test]
    fn an_interval_longer_than_a_minute_stays() {
        for looks in [0, 1, 9] {
            assert_eq!(next_look("RUNNING", Some(120_000.0), looks, None, f64::INFINITY), Look::After(120_000.0));
        }
    }

    #[test]
    fn what_has_ended_is_not_looked_at_again() {
        assert_eq!(next_look("SUCCEEDED", Some(1.0), 0, Some(5.0), f64::INFINITY), Look::Succeeded);
        assert_eq!(super::next_look("RUNNING", Some(1.0), 0, Some(5.0), 4.9), Look::TooLong(5.0));
        assert_eq!(super::next_look("COMPLETED", Some(1.0), 0, Some(5.0), 4.9), Look::Succeeded);
        assert_eq!(next_look("REJECTED", Some(1.0), 0, Some(5.0), f64::INFINITY), Look::Failed);
    }
}
