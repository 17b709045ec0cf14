//! All rules at random.

use crate::desk::{Desk, FAILED, SERVED, WINDOW};
use openprospect::api_key::KeyId;
use openprospect::limiter::{Admission, BURST_ALLOWANCE, Event, Handle, Request, RequestOutcome};

/// Anything may happen in any order, and still: no more out than the window, nothing before a pause's end or an own
/// wait's, no pause shortened, one probe at a time, retries and new calls each in their order, and all come through.
#[test]
fn whatever_happens_the_rules_hold() {
    for seed in 1..=300 {
        chaos(seed, 0.0);
    }
}

/// The same while the machine sleeps for up to a day, again and again.
#[test]
fn however_long_the_machine_sleeps_the_rules_hold() {
    for seed in 1..=300 {
        chaos(seed, 0.03);
    }
}

/// Sums of instants are as exact as this.
const EPSILON: f64 = 1e-6;
const DAY: f64 = 86_400e3;

fn chaos(seed: u64, jumps: f64) {
    let mut state = seed;
    let mut random = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / f64::from(1u32 << 31)
    };
    let mut desk = Desk::new();
    // In the order in which they came: handle, number, retry, not before, deadline.
    let mut waiting: Vec<(Handle, bool, f64, f64)> = Vec::new();
    let mut out: Vec<Handle> = Vec::new();
    let (mut paused_until, mut window, mut is_open) = (0.0f64, WINDOW, false);
    let mut probe = None;
    for step in 0..600 {
        let is_over = step > 400;
        desk.random = random();
        if random() < jumps {
            desk.now += DAY * random();
            desk.look();
        }
        let what = random();
        if what < 0.45 && !is_over {
            let (is_retry, not_before) = (random() < 0.3, desk.now + 300.0 * (random() - 0.5));
            let deadline = if random() < 0.3 { desk.now + 3_000.0 * random() } else { f64::INFINITY };
            let handle = desk.limiter.enqueue(
                Request { key: KeyId::default(), is_retry, not_before, deadline, max_duration: f64::INFINITY },
                desk.now,
            );
            waiting.push((handle, is_retry, not_before, deadline));
        } else if what < 0.5 && !waiting.is_empty() {
            let index = (random() * waiting.len() as f64) as usize;
            desk.limiter.cancel(waiting.remove(index).0);
        } else if what < 0.9 && !out.is_empty() {
            let handle = out.remove((random() * out.len() as f64) as usize);
            let kind = if is_over { 0.0 } else { random() };
            let was_probe = probe == Some(handle);
            if was_probe {
                probe = None;
            }
            if kind < 0.05 {
                desk.limiter.cancel(handle);
            } else if kind < 0.45 || is_over {
                desk.complete(handle, SERVED);
                // What the limiter dropped, we cannot know in full; it lets nobody wait for longer.
                if is_open {
                    waiting.iter_mut().for_each(|one| one.2 = f64::NEG_INFINITY);
                    window = WINDOW;
                    is_open = false;
                }
                window += 1;
            } else if kind < 0.6 {
                let until = (random() < 0.7).then(|| desk.now + 500.0 * random());
                desk.complete(handle, RequestOutcome::Limited { until });
                paused_until = until.map_or(paused_until, |until| paused_until.max(until));
                if is_open {
                    waiting.iter_mut().for_each(|one| one.2 = f64::NEG_INFINITY);
                    window = WINDOW;
                    is_open = false;
                }
            } else {
                assert_eq!(desk.complete(handle, FAILED).failed_probe, was_probe && is_open, "{seed}");
            }
        } else {
            desk.now += 60.0 * random();
        }
        for event in desk.events() {
            match event {
                Event::Outage { .. } => is_open = true,
                Event::Throttled { until, .. } => {
                    assert!(until >= paused_until - EPSILON, "{seed}: shortened");
                    paused_until = until;
                }
                Event::Resumed { .. } => {}
            }
        }
        if is_over && let Some(at) = desk.wake() {
            desk.now = desk.now.max(at);
        }
        while let Some((handle, turn)) = desk.next() {
            let index = waiting.iter().position(|one| one.0 == handle).unwrap();
            let (_, is_retry, not_before, deadline) = waiting.remove(index);
            match turn {
                Admission::Granted => {
                    assert!(desk.now >= paused_until - EPSILON, "{seed}: in a pause");
                    assert!(desk.now >= not_before - EPSILON, "{seed}: before its time");
                    assert!(desk.now < deadline + EPSILON, "{seed}: too late");
                    let passed = |one: &&(Handle, bool, f64, f64)| one.2 <= desk.now - EPSILON;
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
                Admission::Expired => assert!(desk.now >= deadline - EPSILON, "{seed}"),
                Admission::RateLimited { retry_at } => {
                    assert!(retry_at >= deadline - EPSILON && desk.now < deadline + EPSILON, "{seed}");
                }
            }
        }
        assert!(waiting.is_empty() || !out.is_empty() || desk.wake().is_some(), "{seed}: nobody would wake");
    }
    assert!(waiting.is_empty() && out.len() <= 1, "{seed}: {} wait, {} out", waiting.len(), out.len());
}
