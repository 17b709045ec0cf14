//! Polling of long jobs: whether a status is final, and how long to wait until the next poll.

use crate::time::Duration;

/// Default first interval in milliseconds: most jobs wait for a person, and none finishes within a second.
pub const DEFAULT_POLL: Duration = Duration::from_millis(5_000.0);
/// Maximum interval that the growth leads to, in milliseconds: a job that takes hours is polled once a minute.
const LONGEST: Duration = Duration::from_millis(60_000.0);
/// Items per page of a list that shows jobs: the documented maximum.
pub const LIST_LIMIT: u32 = 100;
const GROWTH: f64 = 1.5;
/// Minimum wait in milliseconds, so that a server that always advises "at once" is not polled in a tight loop.
const MIN_RETRY_AFTER: Duration = Duration::from_millis(100.0);

/// What the status of a job means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The job succeeded.
    Succeeded,
    /// The job ended without success, and will not change anymore.
    Failed,
    /// The job has not finished. An unknown status counts as this, too.
    Open,
}

/// Reads the status of an order or a search profile.
pub fn state(status: &str) -> State {
    match status {
        "COMPLETED" | "SUCCEEDED" => State::Succeeded,
        "REJECTED" | "FAILED" | "CANCELLED" => State::Failed,
        _ => State::Open,
    }
}

/// What to do after a poll.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NextPoll {
    /// The job succeeded.
    Succeeded,
    /// The job ended without success.
    Failed,
    /// Poll again after this wait.
    After(Duration),
    /// The server advises a longer wait than the client allows.
    TooLong(Duration),
}

/// What to do after a poll that returned this status; `polls` is the number of polls before it. The server's advice
/// takes precedence, for one poll, unless it is longer than `max_retry_after`. Otherwise each wait is longer than the
/// one before, up to a minute; the first is [`DEFAULT_POLL`] if `first` is `None`.
pub fn next_poll(
    status: &str,
    first: Option<Duration>,
    polls: u32,
    advised: Option<Duration>,
    max_retry_after: Duration,
) -> NextPoll {
    match state(status) {
        State::Succeeded => NextPoll::Succeeded,
        State::Failed => NextPoll::Failed,
        State::Open => match advised {
            Some(advised) if advised > max_retry_after => NextPoll::TooLong(advised),
            Some(advised) => NextPoll::After(advised.max(MIN_RETRY_AFTER)),
            None => NextPoll::After(interval(first, polls)),
        },
    }
}

/// The wait after a poll: the first one is [`DEFAULT_POLL`] if `first` is `None`, and each is longer than the one
/// before, up to a minute. `polls` is the number of polls before.
pub fn interval(first: Option<Duration>, polls: u32) -> Duration {
    let mut wait = first.unwrap_or(DEFAULT_POLL);
    for _ in 0..polls {
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

    fn ms(millis: f64) -> Duration {
        Duration::from_millis(millis)
    }

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
        for (polls, wait) in (0..).zip(waits) {
            assert_eq!(next_poll("PENDING", None, polls, None, Duration::INFINITE), NextPoll::After(ms(wait)));
            assert_eq!(
                next_poll("PENDING", Some(DEFAULT_POLL), polls, None, Duration::INFINITE),
                NextPoll::After(ms(wait))
            );
        }
        assert_eq!(
            next_poll("PENDING", Some(ms(1.0)), u32::MAX, None, Duration::INFINITE),
            NextPoll::After(ms(60_000.0))
        );
    }

    #[test]
    fn the_server_has_its_way_for_one_look() {
        assert_eq!(
            next_poll("RUNNING", Some(ms(1_000.0)), 0, Some(ms(90_000.0)), Duration::INFINITE),
            NextPoll::After(ms(90_000.0))
        );
        assert_eq!(
            next_poll("RUNNING", Some(ms(1_000.0)), 1, Some(ms(0.0)), Duration::INFINITE),
            NextPoll::After(ms(100.0))
        );
        assert_eq!(next_poll("RUNNING", Some(ms(1_000.0)), 2, None, Duration::INFINITE), NextPoll::After(ms(2_250.0)));
    }

    #[test]
    fn an_interval_longer_than_a_minute_stays() {
        for polls in [0, 1, 9] {
            assert_eq!(
                next_poll("RUNNING", Some(ms(120_000.0)), polls, None, Duration::INFINITE),
                NextPoll::After(ms(120_000.0))
            );
        }
    }

    #[test]
    fn what_has_ended_is_not_looked_at_again() {
        assert_eq!(next_poll("SUCCEEDED", Some(ms(1.0)), 0, Some(ms(5.0)), Duration::INFINITE), NextPoll::Succeeded);
        assert_eq!(super::next_poll("RUNNING", Some(ms(1.0)), 0, Some(ms(5.0)), ms(4.9)), NextPoll::TooLong(ms(5.0)));
        assert_eq!(super::next_poll("COMPLETED", Some(ms(1.0)), 0, Some(ms(5.0)), ms(4.9)), NextPoll::Succeeded);
        assert_eq!(next_poll("REJECTED", Some(ms(1.0)), 0, Some(ms(5.0)), Duration::INFINITE), NextPoll::Failed);
    }
}
