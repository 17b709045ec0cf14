//! All rules at random.

use crate::desk::{Desk, FAILED, SERVED, WINDOW};
use openprospect::api_key::KeyId;
use openprospect::gate::{Entrant, Event, Outcome, STRETCH, Ticket, Turn};

/// Anything may happen in any order, and still: no more out than the window, nothing before a pause's end or an own
/// wait's, no pause shortened, one probe at a time, retries and new calls each in their order, and all come through.
#[test]
fn whatever_happens_the_rules_hold() {
    for seed in 1..=300 {
        chaos(seed, 0.0);
    }
}

/// The same while the clock is set back and ahead by up to a day, again and again.
#[test]
fn whatever_the_clock_does_the_rules_hold() {
    for seed in 1..=300 {
        chaos(seed, 0.03);
    }
}

/// Sums of instants are as exact as this.
const EPSILON: f64 = 1e-6;
const DAY: f64 = 86_400e3;

fn chaos(seed: u64, jumps: f64) {
    let mut state = seed;
    let mut roll = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / f64::from(1u32 << 31)
    };
    let mut desk = Desk::new();
    // In the order in which they came: ticket, number, retry, not before, deadline.
    let mut waiting: Vec<(Ticket, bool, f64, f64)> = Vec::new();
    let mut out: Vec<Ticket> = Vec::new();
    let (mut paused_until, mut window, mut is_down) = (0.0f64, WINDOW, false);
    let mut probe = None;
    for step in 0..600 {
        let is_over = step > 400;
        desk.roll = roll();
        if roll() < jumps {
            // Looked at before and after: what passes between two looks goes with the clock.
            let by = DAY * (roll() - 0.5) * 2.0;
            desk.look();
            desk.now += by;
            desk.look();
            if by < 0.0 {
                // Nothing comes later for it: all instants go back too.
                paused_until += by;
                waiting.iter_mut().for_each(|one| (one.2, one.3) = (one.2 + by, one.3 + by));
            }
        }
        let what = roll();
        if what < 0.45 && !is_over {
            let (is_retry, not_before) = (roll() < 0.3, desk.now + 300.0 * (roll() - 0.5));
            let deadline = if roll() < 0.3 { desk.now + 3_000.0 * roll() } else { f64::INFINITY };
            let ticket = desk.gate.enter(
                Entrant { key: KeyId::default(), is_retry, not_before, deadline, longest: f64::INFINITY },
                desk.now,
            );
            waiting.push((ticket, is_retry, not_before, deadline));
        } else if what < 0.5 && !waiting.is_empty() {
            let index = (roll() * waiting.len() as f64) as usize;
            desk.gate.leave(waiting.remove(index).0);
        } else if what < 0.9 && !out.is_empty() {
            let ticket = out.remove((roll() * out.len() as f64) as usize);
            let kind = if is_over { 0.0 } else { roll() };
            let was_probe = probe == Some(ticket);
            if was_probe {
                probe = None;
            }
            if kind < 0.05 {
                desk.gate.leave(ticket);
            } else if kind < 0.45 || is_over {
                desk.settle(ticket, SERVED);
                // What the gate dropped, we cannot know in full; it lets nobody wait for longer.
                if is_down {
                    waiting.iter_mut().for_each(|one| one.2 = f64::NEG_INFINITY);
                    window = WINDOW;
                    is_down = false;
                }
                window += 1;
            } else if kind < 0.6 {
                let until = (roll() < 0.7).then(|| desk.now + 500.0 * roll());
                desk.settle(ticket, Outcome::Limited { until });
                paused_until = until.map_or(paused_until, |until| paused_until.max(until));
                if is_down {
                    waiting.iter_mut().for_each(|one| one.2 = f64::NEG_INFINITY);
                    window = WINDOW;
                    is_down = false;
                }
            } else {
                assert_eq!(desk.settle(ticket, FAILED).failed_probe, was_probe && is_down, "{seed}");
            }
        } else {
            desk.now += 60.0 * roll();
        }
        for event in desk.events() {
            match event {
                Event::Outage { .. } => is_down = true,
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
        while let Some((ticket, turn)) = desk.next() {
            let index = waiting.iter().position(|one| one.0 == ticket).unwrap();
            let (_, is_retry, not_before, deadline) = waiting.remove(index);
            match turn {
                Turn::Go => {
                    assert!(desk.now >= paused_until - EPSILON, "{seed}: in a pause");
                    assert!(desk.now >= not_before - EPSILON, "{seed}: before its time");
                    assert!(desk.now < deadline + EPSILON, "{seed}: too late");
                    let passed = |one: &&(Ticket, bool, f64, f64)| one.2 <= desk.now - EPSILON;
                    let first = waiting.iter().filter(passed).position(|one| one.1 == is_retry || one.1);
                    let earlier = waiting.iter().take(index).filter(passed).any(|one| one.1 == is_retry);
                    assert!(!earlier, "{seed}: out of order {first:?}");
                    assert!(is_retry || !waiting.iter().filter(passed).any(|one| one.1), "{seed}: before a retry");
                    if is_down {
                        assert_eq!(probe.replace(ticket), None, "{seed}: two probes");
                    } else {
                        assert!(out.len() < window * STRETCH as usize, "{seed}: more out than the window ever allows");
                    }
                    out.push(ticket);
                }
                Turn::Late => assert!(desk.now >= deadline - EPSILON, "{seed}"),
                Turn::Unaffordable { retry_at } => {
                    assert!(retry_at >= deadline - EPSILON && desk.now < deadline + EPSILON, "{seed}");
                }
            }
        }
        assert!(waiting.is_empty() || !out.is_empty() || desk.wake().is_some(), "{seed}: nobody would wake");
    }
    assert!(waiting.is_empty() && out.len() <= 1, "{seed}: {} wait, {} out", waiting.len(), out.len());
}
