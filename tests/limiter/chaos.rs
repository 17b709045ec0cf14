//! Random sequences of all operations.

use crate::fixture::{FAILED, Fixture, MAX_RETRY_AFTER, SERVED, WINDOW, at, ms};
use openprospect::api_key::KeyId;
use openprospect::limiter::{Admission, BURST_ALLOWANCE, Event, Handle, Priority, Request, RequestOutcome};
use openprospect::time::{Duration, Instant};

/// Invariants for any order of operations: no more requests in flight than the window, none before the end of a pause
/// or of its own delay, no pause shortened, one probe at a time, retries and new calls each in order, and all
/// admitted.
#[test]
fn the_invariants_hold_for_random_operations() {
    for seed in 1..=300 {
        chaos(seed, 0.0);
    }
}

/// The same with repeated system sleep of up to a day.
#[test]
fn the_invariants_hold_with_system_sleep() {
    for seed in 1..=300 {
        chaos(seed, 0.03);
    }
}

/// The precision of sums of times.
const EPSILON: Duration = ms(1e-6);
const DAY: Duration = ms(86_400e3);

fn chaos(seed: u64, jumps: f64) {
    let mut state = seed;
    let mut random = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / f64::from(1u32 << 31)
    };
    let mut fixture = Fixture::new();
    // In order of arrival: handle, number, retry, not before, deadline.
    let mut waiting: Vec<(Handle, bool, Instant, Instant)> = Vec::new();
    let mut out: Vec<Handle> = Vec::new();
    let (mut paused_until, mut window, mut is_open) = (at(0.0), WINDOW, false);
    let mut probe = None;
    for step in 0..600 {
        let is_over = step > 400;
        fixture.random = random();
        if random() < jumps {
            fixture.now += DAY * random();
            fixture.update_clock();
        }
        let what = random();
        if what < 0.45 && !is_over {
            let (is_retry, not_before) = (random() < 0.3, fixture.now + ms(300.0) * (random() - 0.5));
            let deadline = if random() < 0.3 { fixture.now + ms(3_000.0) * random() } else { Instant::FAR_FUTURE };
            let handle = fixture.limiter.enqueue(
                Request {
                    key: KeyId::default(),
                    priority: Priority::Interactive,
                    is_retry,
                    not_before,
                    deadline,
                    max_retry_after: MAX_RETRY_AFTER,
                    max_duration: Duration::INFINITE,
                },
                (),
                fixture.now,
            );
            waiting.push((handle, is_retry, not_before, deadline));
        } else if what < 0.5 && !waiting.is_empty() {
            let index = (random() * waiting.len() as f64) as usize;
            fixture.limiter.cancel(waiting.remove(index).0);
        } else if what < 0.9 && !out.is_empty() {
            let handle = out.remove((random() * out.len() as f64) as usize);
            let kind = if is_over { 0.0 } else { random() };
            let was_probe = probe == Some(handle);
            if was_probe {
                probe = None;
            }
            if kind < 0.05 {
                fixture.limiter.cancel(handle);
            } else if kind < 0.45 || is_over {
                fixture.complete(handle, SERVED);
                // The limiter may have dropped the pause; then no request waits longer.
                if is_open {
                    waiting.iter_mut().for_each(|one| one.2 = Instant::NEVER);
                    window = WINDOW;
                    is_open = false;
                }
                window += 1;
            } else if kind < 0.6 {
                let until = (random() < 0.7).then(|| fixture.now + ms(500.0) * random());
                fixture.complete(handle, RequestOutcome::Limited { until });
                paused_until = until.map_or(paused_until, |until| paused_until.max(until));
                if is_open {
                    waiting.iter_mut().for_each(|one| one.2 = Instant::NEVER);
                    window = WINDOW;
                    is_open = false;
                }
            } else {
                assert_eq!(fixture.complete(handle, FAILED).failed_probe, was_probe && is_open, "{seed}");
            }
        } else {
            fixture.now += ms(60.0) * random();
        }
        for event in fixture.events() {
            match event {
                Event::Outage { .. } => is_open = true,
                Event::Throttled { until, .. } => {
                    assert!(until >= paused_until - EPSILON, "{seed}: shortened");
                    paused_until = until;
                }
                Event::Resumed { .. } => {}
            }
        }
        if is_over && let Some(at) = fixture.wake() {
            fixture.now = fixture.now.max(at);
        }
        while let Some((handle, turn)) = fixture.next() {
            let index = waiting.iter().position(|one| one.0 == handle).unwrap();
            let (_, is_retry, not_before, deadline) = waiting.remove(index);
            match turn {
                Admission::Granted => {
                    assert!(fixture.now >= paused_until - EPSILON, "{seed}: in a pause");
                    assert!(fixture.now >= not_before - EPSILON, "{seed}: before its time");
                    assert!(fixture.now < deadline + EPSILON, "{seed}: too late");
                    let passed = |one: &&(Handle, bool, Instant, Instant)| one.2 <= fixture.now - EPSILON;
                    let first = waiting.iter().filter(passed).position(|one| one.1 == is_retry || one.1);
                    let earlier = waiting.iter().take(index).filter(passed).any(|one| one.1 == is_retry);
                    assert!(!earlier, "{seed}: out of order {first:?}");
                    assert!(is_retry || !waiting.iter().filter(passed).any(|one| one.1), "{seed}: before a retry");
                    if is_open {
                        assert_eq!(probe.replace(handle), None, "{seed}: two probes");
                    } else {
                        assert!(
                            out.len() < window * BURST_ALLOWANCE as usize,
                            "{seed}: more out than the window ever allows"
                        );
                    }
                    out.push(handle);
                }
                Admission::Expired => assert!(fixture.now >= deadline - EPSILON, "{seed}"),
                Admission::RateLimited { retry_at } => {
                    assert!(retry_at >= deadline - EPSILON && fixture.now < deadline + EPSILON, "{seed}");
                }
            }
        }
        assert!(waiting.is_empty() || !out.is_empty() || fixture.wake().is_some(), "{seed}: no wakeup");
    }
    assert!(waiting.is_empty() && out.len() <= 1, "{seed}: {} wait, {} out", waiting.len(), out.len());
}
