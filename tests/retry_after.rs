//! `cases/retry_after.json`: the values of `Retry-After`.

mod common;

use common::{ms, rows, since_1970, table};
use openprospect::http::retry_after::{read, spread};
use openprospect::time::{Duration, Timestamp};

fn timestamp(date: &str) -> Timestamp {
    let since = httpdate::parse_http_date(date).unwrap().duration_since(std::time::UNIX_EPOCH).unwrap();
    since_1970(since.as_secs() as f64 * 1_000.0)
}

#[test]
fn every_form_has_its_delay() {
    let table = table("retry_after");
    let wall = timestamp(table["wall"].as_str().unwrap());
    for case in rows(&table, "cases") {
        let advised = read(case["value"].as_str().unwrap(), case["date"].as_str(), wall);
        assert_eq!(advised, case["ms"].as_f64().map(ms), "{case}");
    }
}

#[test]
fn jitter_only_extends_the_delay_by_at_most_two_seconds() {
    assert_eq!(spread(ms(0.0), 0.99), ms(0.0));
    assert_eq!(spread(ms(1_000.0), 0.0), ms(1_000.0));
    assert_eq!(spread(ms(1_000.0), 1.0), ms(1_100.0));
    assert_eq!(spread(ms(60_000.0), 1.0), ms(62_000.0));
}

#[test]
fn many_digits_are_a_long_delay_and_not_a_panic() {
    let wall = since_1970(0.0);
    assert_eq!(read(&"9".repeat(5_000), None, wall), Some(Duration::INFINITE));
    let wait = read(&format!("1.{}", "3".repeat(5_000)), None, wall);
    assert!(wait.is_some_and(|wait| wait > ms(1_333.0) && wait < ms(1_334.0)));
}
