//! The limiter with real calls against servers with different limits, on a fake clock.
//!
//! `cargo test --test simulation -- --nocapture` prints the tables of `SIMULATION.md`.

#[path = "../common/mod.rs"]
mod common;
mod server;
mod table;
mod world;

use openprospect::retry::RetryPolicy;
use openprospect::time::Duration;
use server::{Hint, Limit, Server};
use table::{Row, print};
use world::Play;

const BUCKET: Limit = Limit::Bucket { rate: 50.0, burst: 10.0 };
const HINTS: [(&str, Hint); 3] =
    [("Retry-After: 1", Hint::Always(1e3)), ("retry_after 0.5", Hint::Always(500.0)), ("no hint", Hint::None)];

fn fixed(limit: u32) -> Limit {
    Limit::Fixed { limit, window: 1e3 }
}

fn sliding(limit: u32) -> Limit {
    Limit::Sliding { limit, window: 1e3 }
}

/// With the default options of a client.
fn with_defaults(play: Play) -> Play {
    let mut play = play;
    play.limits.retry = RetryPolicy::default();
    play
}

fn assert_polite(rows: &[Row]) {
    for row in rows {
        assert_eq!(row.early(), 0.0, "{}: requests before the server's instant", row.name);
    }
}

#[test]
fn bursts_reach_their_goals() {
    let mut rows = Vec::new();
    for ((name, hint), time) in HINTS.into_iter().zip([1.42, 1.28, 1.1]) {
        let row = Row::new(name, &Play::new(300, Server::new(BUCKET, hint)));
        assert_eq!(row.failed(), 0.0, "{name}");
        assert!(row.cost() <= 1.07, "{name}: {}", row.cost());
        assert!(row.time() <= time, "{name}: {}", row.time());
        rows.push(row);
    }
    let headers = Server::new(BUCKET, Hint::Always(1e3));
    rows.push(Row::new("Retry-After: 1, trip 20 ms", &Play { trip: 20.0, ..Play::new(300, headers) }));
    assert_polite(&rows);
    print("300 calls at once, a bucket of 50 a second and 10 at once", &rows);
}

#[test]
fn calls_succeed_in_a_fixed_window_with_two_retries() {
    let mut rows = Vec::new();
    for trip in [1.0, 5.0, 20.0, 100.0] {
        for (kind, limit) in [("fixed", fixed(10)), ("sliding", sliding(10))] {
            let play = with_defaults(Play { trip, ..Play::new(60, Server::new(limit, Hint::Always(1e3))) });
            let row = Row::new(&format!("{kind}, trip {trip} ms"), &play);
            assert_eq!(row.failed(), 0.0, "{}", row.name);
            let (most, time) = if trip <= 20.0 { (78.0, 1.42) } else { (85.0, 1.9) };
            assert!(row.requests() <= most, "{}: {}", row.name, row.requests());
            assert!(row.time() <= time, "{}: {}", row.name, row.time());
            rows.push(row);
        }
    }
    for (name, most, server) in [
        ("fixed, with headers", 64.0, Server::new(fixed(10), Hint::Always(1e3)).with_quota_headers()),
        // Its reset is the time of the next token, which contains little information.
        (
            "bucket of 10, with headers",
            78.0,
            Server::new(Limit::Bucket { rate: 10.0, burst: 10.0 }, Hint::Exact).with_quota_headers(),
        ),
    ] {
        let row = Row::new(name, &with_defaults(Play { trip: 5.0, ..Play::new(60, server) }));
        assert_eq!(row.failed(), 0.0, "{name}");
        assert!(row.requests() <= most, "{name}: {}", row.requests());
        rows.push(row);
    }
    assert_polite(&rows);
    print("60 calls at once, a window of 10 a second, Retry-After: 1, default options", &rows);
}

#[test]
fn a_dead_server_receives_few_requests() {
    let dead = || Server::new(Limit::None, Hint::None).down(500, 0.0, f64::INFINITY);
    let mut rows = Vec::new();
    for trip in [1.0, 20.0, 200.0] {
        let mut play = Play { trip, ..Play::new(200, dead()) };
        play.limits.retry.max_retries = 3;
        let row = Row::new(&format!("base 100 ms, trip {trip} ms"), &play);
        assert!(row.requests() / 200.0 <= 0.10, "{}: {}", row.name, row.requests());
        assert!(row.ended() <= 5_000.0, "{}: {}", row.name, row.ended());
        rows.push(row);
    }
    let row = Row::new("default options", &with_defaults(Play::new(1_000, dead())));
    assert!(row.requests() <= 30.0, "{}", row.requests());
    println!("\n### A dead server, 200 calls with 3 retries; 1000 with the default options\n");
    println!("| | requests | until all have ended, s |\n| --- | --- | --- |");
    for row in rows.iter().chain([&row]) {
        println!("| {} | {} | {:.2} |", row.name, row.requests(), row.ended() / 1e3);
    }
}

#[test]
fn a_recovery_is_detected_soon() {
    println!("\n### 503 for a while, 200 callers that call again until they succeed\n");
    println!("| | requests while down | all served after, s |\n| --- | --- | --- |");
    for (down, after) in [(1_000.0, 1_300.0), (5_000.0, 1_300.0), (60_000.0, 5_300.0)] {
        for trip in [1.0, 20.0] {
            let server = Server::new(Limit::None, Hint::None).down(503, 0.0, down);
            let row = Row::new("", &Play { trip, again: true, ..Play::new(200, server) });
            let late = row.last_success() - down;
            assert!(
                row.while_down() / 200.0 <= if down <= 5_000.0 { 0.15 } else { 0.35 },
                "{down}: {}",
                row.while_down()
            );
            assert!(late <= after, "{down}: {late}");
            println!("| {} s, trip {trip} ms | {} | {:.2} |", down / 1e3, row.while_down(), late / 1e3);
        }
    }
}

#[test]
fn other_limits_are_found() {
    let mut rows = Vec::new();
    let mut add = |name: &str, play: Play, cost: f64, time: f64| {
        let row = Row::new(name, &play);
        assert_eq!(row.failed(), 0.0, "{name}");
        assert!(row.cost() <= cost, "{name}: {} requests per success", row.cost());
        assert!(row.time() <= time, "{name}: {} of the ideal time", row.time());
        rows.push(row);
    };
    for trip in [1.0, 100.0, 1_000.0] {
        for (name, hint) in HINTS {
            let play = Play { trip, ..Play::new(300, Server::new(BUCKET, hint)) };
            // Responses that take a second also exceed the idle timeout.
            let cost = if trip < 1_000.0 { 1.26 } else { 1.35 };
            add(&format!("50/s, 10 at once, {name}, trip {trip} ms"), play, cost, 2.8);
        }
    }
    for (rate, burst, calls) in
        [(50.0, 1.0, 300), (50.0, 50.0, 300), (2.0, 2.0, 60), (1_000.0, 100.0, 10_000), (50.0, 10.0, 2_000)]
    {
        for (name, hint) in [HINTS[0], HINTS[2]] {
            let mut play = Play::new(calls, Server::new(Limit::Bucket { rate, burst }, hint));
            play.limits.deadline = Duration::INFINITE;
            add(&format!("{rate}/s, {burst} at once, {calls} calls, {name}"), play, 1.5, 2.3);
        }
    }
    for (limit, calls) in [(10, 300), (50, 300), (100, 1_000), (1_000, 10_000)] {
        for (kind, kind_of) in [("fixed", fixed(limit)), ("sliding", sliding(limit))] {
            for (name, hint) in [("Retry-After exact", Hint::Exact), HINTS[2]] {
                let play = Play::new(calls, Server::new(kind_of.clone(), hint));
                add(&format!("{kind} {limit}/s, {calls} calls, {name}"), play, 1.25, 2.4);
            }
        }
    }
    for (calls, limit) in [(100, 10), (300, 50)] {
        let server = Server::new(Limit::Concurrent { limit, takes: 300.0 }, Hint::Always(1e3));
        add(
            &format!("{limit} at once for 300 ms each, {calls} calls, Retry-After: 1"),
            Play::new(calls, server),
            1.3,
            3.0,
        );
    }
    assert_polite(&rows);
    print("Other limits", &rows);
}

#[test]
fn clients_that_share_a_key_share_its_limit() {
    let mut rows = Vec::new();
    for clients in [2, 4, 10] {
        for (kind, limit) in [("bucket 50/s", BUCKET), ("fixed 50/s", fixed(50))] {
            for (name, hint) in [HINTS[0], HINTS[2]] {
                let play = Play { clients, ..Play::new(600, Server::new(limit.clone(), hint)) };
                let row = Row::new(&format!("{clients} clients, {kind}, {name}"), &play);
                assert_eq!(row.failed(), 0.0, "{}", row.name);
                assert!(row.cost() <= 1.4, "{}: {}", row.name, row.cost());
                assert!(row.time() <= 2.7, "{}: {}", row.name, row.time());
                rows.push(row);
            }
        }
    }
    assert_polite(&rows);
    print("600 calls of clients that do not know of each other", &rows);
}

#[test]
fn a_limit_of_an_hour_fails_calls_that_cannot_wait() {
    let hour = |limit| Limit::Fixed { limit, window: 3_600e3 };
    let rows = [
        Row::new("window of 100 per hour", &with_defaults(Play::new(300, Server::new(hour(100), Hint::Exact)))),
        Row::new(
            "bucket of 100 per hour, 10 at once",
            &with_defaults(Play::new(300, Server::new(Limit::Bucket { rate: 1.0 / 36.0, burst: 10.0 }, Hint::Exact))),
        ),
    ];
    for row in &rows {
        assert!(row.ended() <= 121e3, "{}: {}", row.name, row.ended());
        assert!(row.requests() <= 210.0, "{}: {}", row.name, row.requests());
    }
    assert_polite(&rows);
    print("300 calls at once, 100 per hour, default options", &rows);
}

/// Rejections that do not follow the rate do not slow the client down without end: 60 calls a second at least.
#[test]
fn rejections_at_any_rate_do_not_stop_the_client() {
    let mut rows = Vec::new();
    for (nth, trip, seconds) in [(20, 2.0, 10.0), (20, 20.0, 10.0), (20, 100.0, 120.0), (50, 2.0, 20.0)] {
        let play = Play { trip, ..Play::new(600, Server::new(Limit::Every { nth }, Hint::Always(50.0))) };
        let row = Row::new(&format!("every {nth}th request, trip {trip} ms"), &play);
        assert_eq!(row.failed(), 0.0, "{}", row.name);
        assert!(row.last_success() <= seconds * 1e3, "{}: {} ms", row.name, row.last_success());
        rows.push(row);
    }
    assert_polite(&rows);
    print("600 calls at once, rejections at any rate, Retry-After: 0.05", &rows);
}

/// A quota that resets in an hour bounds what is in flight, although no call waits for its reset.
#[test]
fn a_reported_quota_of_an_hour_costs_few_429s() {
    let mut rows = Vec::new();
    for (calls, limit, cost) in [(150, 100, 1.05), (1_500, 1_000, 1.02)] {
        for trip in [2.0, 50.0] {
            let server = Server::new(Limit::Fixed { limit, window: 3_600e3 }, Hint::Exact).with_quota_headers();
            let play = with_defaults(Play { trip, ..Play::new(calls, server) });
            let row = Row::new(&format!("{calls} calls, {limit} per hour, trip {trip} ms"), &play);
            assert!(row.cost() <= cost, "{}: {} requests per success", row.name, row.cost());
            assert_eq!(row.failed(), (calls - limit as usize) as f64, "{}", row.name);
            rows.push(row);
        }
    }
    assert_polite(&rows);
    print("A quota per hour, reported in headers, default options", &rows);
}

#[test]
fn an_unlimited_server_is_soon_fully_used() {
    let mut rows = Vec::new();
    for (calls, trips) in [(1, 1.2), (64, 5.5), (300, 8.5), (10_000, 46.0)] {
        let play = Play { trip: 50.0, ..Play::new(calls, Server::new(Limit::None, Hint::None)) };
        let row = Row::new(&format!("{calls} calls, trip 50 ms"), &play);
        assert_eq!(row.requests(), calls as f64);
        assert!(row.last_success() <= 50.0 * trips, "{calls}: {}", row.last_success());
        rows.push(row);
    }
    print("No limit", &rows);
}
