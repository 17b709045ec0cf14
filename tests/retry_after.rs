//! `cases/retry_after.json`: the values of `Retry-After`.

mod common;

use common::{rows, table};
use openprospect::http::retry_after::{read, spread};

fn unix_ms(date: &str) -> f64 {
    let since = httpdate::parse_http_date(date).unwrap().duration_since(std::time::UNIX_EPOCH).unwrap();
    since.as_secs() as f64 * 1_000.0
}

#[test]
fn every_form_has_its_delay() {
    let table = table("retry_after");
    let wall = unix_ms(table["wall"].as_str().unwrap());
    for case in rows(&table, "cases") {
        let advised = read(case["value"].as_str().unwrap(), case["date"].as_str(), wall);
        assert_eq!(advised, case["ms"].as_f64(), "{case}");
    }
}

#[test]
fn jitter_only_extends_the_delay_by_at_most_two_seconds() {
    assert_eq!(spread(0.0, 0.99), 0.0);
    assert_eq!(spread(1_000.0, 0.0), 1_000.0);
    assert_eq!(spread(1_000.0, 1.0), 1_100.0);
    assert_eq!(spread(60_000.0, 1.0), 62_000.0);
}

#[test]
fn many_digits_are_a_long_delay_and_not_a_panic() {
    assert_eq!(read(&"9".repeat(5_000), None, 0.0), Some(f64::INFINITY));
    assert!(read(&format!("1.{}", "3".repeat(5_000)), None, 0.0).is_some_and(|ms| ms > 1_333.0 && ms < 1_334.0));
}
