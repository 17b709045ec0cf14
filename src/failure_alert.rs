//! Repeated failures of an operation, and the recovery from them.
//!
//! The vendor asks to alert when server errors repeat (<https://dev.openprospect.io/api/errors/>, retry rules).
//! Failures are counted per operation, so that a success of another operation does not hide them, and per attempt, so
//! that a job that makes a single call alerts as well. Each episode is reported when it begins and when it ends.

use crate::operations;
use crate::text::one_line;
use crate::time::Now;
use alloc::string::String;
use alloc::vec::Vec;

/// Consecutive failed attempts that raise an alert: one may be chance, and two the same restart of a server.
pub const ALERT_AFTER: u32 = 3;

/// Maximum number of failing operations that are tracked. The API has 31 operations; the paths of other requests may
/// contain ids, so that their number is unbounded. Beyond the maximum, the operation whose last failure is the oldest
/// is dropped.
const MAX_FAILING: usize = 64;
/// Maximum length of the path of an undocumented request, in characters.
const MAX_PATH: usize = 500;

/// What the result of an attempt means for its operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Observation {
    /// A 2xx response with the expected content.
    Succeeded,
    /// A server error or no response, also if another call's request failed on behalf of this one while the server was
    /// down.
    Failed,
    /// Another response, such as a 404 or a 429: neither a failure of the server nor a success.
    Rejected,
}

/// The consecutive failures of one operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// The method and the documented path: `GET /api/v1/orders/{order_id}`.
    pub operation: String,
    /// True when the operation recovered, false when its failures repeat.
    pub recovered: bool,
    /// Number of failed attempts, so far or in total.
    pub count: u32,
    /// When the first of them failed.
    pub since: Now,
}

/// The failing operations of a client, ordered by their last failure. An operation that succeeds is removed.
#[derive(Debug, Default)]
pub struct Alerts {
    failing: Vec<Notice>,
}

impl Alerts {
    /// Records the result of an attempt, and returns the notice to report, if any. `path` has no query.
    pub fn record(&mut self, method: &str, path: &str, outcome: Observation, now: Now) -> Option<Notice> {
        if self.failing.is_empty() && outcome != Observation::Failed {
            return None;
        }
        let operation = operation(method, path);
        let at = self.failing.iter().position(|failing| failing.operation == operation);
        let mut failing = match at {
            Some(at) => self.failing.remove(at),
            None if outcome == Observation::Failed => Notice { operation, recovered: false, count: 0, since: now },
            None => return None,
        };
        let has_alerted = failing.count >= ALERT_AFTER;
        match outcome {
            Observation::Failed => failing.count = failing.count.saturating_add(1),
            // The server responds again, which ends the sequence; only a success of the operation itself is a recovery.
            Observation::Rejected if has_alerted => {}
            _ => {
                failing.recovered = true;
                return has_alerted.then_some(failing);
            }
        }
        let notice = (!has_alerted && failing.count == ALERT_AFTER).then(|| failing.clone());
        if self.failing.len() >= MAX_FAILING {
            self.failing.remove(0);
        }
        self.failing.push(failing);
        notice
    }
}

fn operation(method: &str, path: &str) -> String {
    let path = one_line(path, MAX_PATH);
    operations::documented(method, &path).unwrap_or_else(|| [method, " ", &path].concat())
}

#[cfg(test)]
mod tests {
    use super::Observation::{Failed, Rejected, Succeeded};
    use super::*;
    use crate::time::{Instant, Timestamp};
    use alloc::format;

    const ORDER: &str = "/api/v1/orders/o1";
    const OTHER_ORDER: &str = "/api/v1/orders/o2";
    const COMPANY: &str = "/api/v1/companies/c";

    fn at(index: usize) -> Now {
        Now { monotonic: Instant::from_millis(index as f64), wall: Timestamp::from_millis(index as f64 * 1_000.0) }
    }

    /// `(position, recovered, count, since)` of each notice, when the nth attempt ends at n seconds.
    fn notices(attempts: &[(&str, Observation)]) -> Vec<(usize, bool, u32, f64)> {
        let mut alerts = Alerts::default();
        let mut record = |(index, (path, outcome)): (usize, &(&str, Observation))| {
            let notice = alerts.record("GET", path, *outcome, at(index))?;
            Some((index, notice.recovered, notice.count, notice.since.wall.as_millis()))
        };
        attempts.iter().enumerate().filter_map(&mut record).collect()
    }

    fn of_one(outcomes: &[Observation]) -> Vec<(usize, bool, u32, f64)> {
        notices(&outcomes.iter().map(|outcome| (ORDER, *outcome)).collect::<Vec<_>>())
    }

    #[test]
    fn the_third_failure_in_a_row_alerts_and_the_next_success_ends_it() {
        let outcomes = [Succeeded, Failed, Failed, Failed, Failed, Succeeded, Succeeded];
        assert_eq!(of_one(&outcomes), [(3, false, 3, 1_000.0), (5, true, 4, 1_000.0)]);
    }

    #[test]
    fn each_episode_alerts_once() {
        let outcomes = [Failed, Failed, Failed, Failed, Failed, Failed, Failed, Succeeded, Failed, Failed, Failed];
        assert_eq!(of_one(&outcomes), [(2, false, 3, 0.0), (7, true, 7, 0.0), (10, false, 3, 8_000.0)]);
    }

    #[test]
    fn failures_that_are_not_in_a_row_do_not_alert() {
        for between in [Succeeded, Rejected] {
            assert_eq!(of_one(&[Failed, Failed, between, Failed, Failed, Succeeded]), []);
        }
    }

    #[test]
    fn only_a_success_is_a_recovery() {
        let outcomes = [Failed, Failed, Failed, Rejected, Failed, Succeeded];
        assert_eq!(of_one(&outcomes), [(2, false, 3, 0.0), (5, true, 4, 0.0)]);
    }

    #[test]
    fn a_success_of_another_operation_hides_nothing() {
        let (failed, ok) = ((ORDER, Failed), (COMPANY, Succeeded));
        assert_eq!(notices(&[failed, ok, failed, ok, failed, ok]), [(4, false, 3, 0.0)]);
    }

    #[test]
    fn the_arguments_of_a_path_are_one_operation_and_its_method_is_another() {
        let attempts = [(ORDER, Failed), (OTHER_ORDER, Failed), (ORDER, Failed), (OTHER_ORDER, Succeeded)];
        assert_eq!(notices(&attempts), [(2, false, 3, 0.0), (3, true, 3, 0.0)]);

        let mut alerts = Alerts::default();
        let mut record = |method| alerts.record(method, "/api/v1/blacklists/b", Failed, at(0));
        assert_eq!([record("GET"), record("GET"), record("DELETE"), record("PATCH")], [None, None, None, None]);
        assert_eq!(record("GET").unwrap().operation, "GET /api/v1/blacklists/{blacklist_id}");
    }

    #[test]
    fn another_request_is_named_by_its_path() {
        let mut alerts = Alerts::default();
        let long = format!("/{}", "x".repeat(10_000));
        for path in ["/api/v9/things/7", &long] {
            let notice = (0..3).filter_map(|index| alerts.record("GET", path, Failed, at(index))).last().unwrap();
            let expected: String = format!("GET {path}").chars().take(500).collect();
            assert!(notice.operation.starts_with(&expected) && notice.operation.len() < 600);
        }
    }

    #[test]
    fn of_too_many_failing_operations_the_one_that_failed_longest_ago_is_forgotten() {
        let mut alerts = Alerts::default();
        for index in 0..3 {
            alerts.record("GET", ORDER, Failed, at(index));
            alerts.record("GET", COMPANY, Failed, at(index));
        }
        for index in 0..1_000 {
            alerts.record("GET", &format!("/things/{index}"), Failed, at(index));
            assert_eq!(alerts.record("GET", ORDER, Failed, at(index)), None, "it has alerted");
        }
        assert_eq!(alerts.failing.len(), MAX_FAILING);
        assert_eq!(alerts.record("GET", ORDER, Succeeded, at(0)).map(|notice| notice.count), Some(1_003));
        assert_eq!(alerts.record("GET", COMPANY, Succeeded, at(0)), None, "it is forgotten");
        for index in 0..1_000 {
            alerts.record("GET", &format!("/things/{index}"), Succeeded, at(index));
        }
        assert!(alerts.failing.is_empty());
    }
}
