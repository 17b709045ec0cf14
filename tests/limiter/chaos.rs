//! Random sequences of all operations.

use crate::fixture::{FAILED, Fixture, MAX_RETRY_AFTER, SERVED, WINDOW, at, ms, quota, quota_of};
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

/// Invariants of calls with all priorities, with quotas in headers and in 429s: no wakeup is due at once, only waiting
/// calls are admitted, none before an interactive call that could be sent, one poll at a time, each priority in order,
/// and none is lost.
#[test]
fn the_invariants_hold_for_priorities_and_quotas() {
    for seed in 1..=300 {
        Priorities::new(seed).run();
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

/// A call that waits.
#[derive(Clone, Copy, Debug)]
struct Call {
    handle: Handle,
    request: Request,
}

/// A limiter, and what the test knows of its calls.
struct Priorities {
    seed: u64,
    state: u64,
    fixture: Fixture,
    /// In order of arrival.
    waiting: Vec<Call>,
    in_flight: Vec<(Handle, Priority)>,
    /// The calls that began, and those that ended.
    began: usize,
    ended: usize,
}

impl Priorities {
    fn new(seed: u64) -> Self {
        let fixture = Fixture::with_batch_share([0.1, 0.5, 0.9, 1.0][seed as usize % 4]);
        Self { seed, state: seed, fixture, waiting: Vec::new(), in_flight: Vec::new(), began: 0, ended: 0 }
    }

    fn random(&mut self) -> f64 {
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 33) as f64 / f64::from(1u32 << 31)
    }

    /// A random index of a list that is not empty.
    fn index(&mut self, len: usize) -> usize {
        (self.random() * len as f64) as usize
    }

    fn run(&mut self) {
        for _ in 0..600 {
            self.fixture.random = self.random();
            match self.random() {
                what if what < 0.45 => self.enqueue(),
                what if what < 0.48 && !self.waiting.is_empty() => {
                    let index = self.index(self.waiting.len());
                    self.fixture.limiter.cancel(self.waiting.remove(index).handle);
                    self.ended += 1;
                }
                what if what < 0.9 && !self.in_flight.is_empty() => self.complete(),
                _ => {
                    let longest = [60.0, 60e3, 3_600e3][self.index(3)];
                    let time = ms(longest) * self.random();
                    self.fixture.now += time;
                }
            }
            self.admit();
        }
        // Each poll may wait for hours where the quota of a day is small.
        for _ in 0..20_000 {
            for (handle, _) in std::mem::take(&mut self.in_flight) {
                self.fixture.complete(handle, SERVED);
                self.ended += 1;
            }
            self.admit();
            if let Some(at) = self.fixture.wake().filter(|_| self.in_flight.is_empty()) {
                self.fixture.now = at;
            }
            if self.waiting.is_empty() && self.in_flight.is_empty() {
                break;
            }
        }
        assert_eq!((self.waiting.len(), self.ended), (0, self.began), "{}: lost", self.seed);
    }

    fn enqueue(&mut self) {
        let priority = Priority::ALL[self.index(3)];
        let max_retry_after = ms([60e3, 7_200e3][self.index(2)]);
        let not_before = self.fixture.now + ms(300.0) * (self.random() - 0.5);
        let deadline =
            if self.random() < 0.2 { self.fixture.now + ms(600e3) * self.random() } else { Instant::FAR_FUTURE };
        let is_retry = self.random() < 0.3;
        let request = Request { priority, is_retry, not_before, deadline, max_retry_after, ..self.fixture.request() };
        let handle = self.fixture.add(request);
        self.waiting.push(Call { handle, request });
        self.began += 1;
    }

    /// Ends a request: it is canceled, served, or fails.
    fn complete(&mut self) {
        let index = self.index(self.in_flight.len());
        let (handle, _) = self.in_flight.swap_remove(index);
        self.ended += 1;
        let wait = ms([500.0, 60e3, 3_600e3, 50_000e3][self.index(4)]) * self.random();
        let until = Some(self.fixture.now + wait).filter(|_| wait > ms(50.0));
        let outcome = match self.random() {
            what if what < 0.05 => return self.fixture.limiter.cancel(handle),
            what if what < 0.75 => SERVED,
            what if what < 0.85 => RequestOutcome::Limited { until },
            _ => RequestOutcome::Failed { until: until.filter(|_| wait < ms(500.0)) },
        };
        let is_open = self.fixture.limiter.is_open();
        self.fixture.complete(handle, outcome);
        if is_open && !self.fixture.limiter.is_open() {
            // The server responds again: no call waits longer.
            self.waiting.iter_mut().for_each(|call| call.request.not_before = Instant::NEVER);
        }
        if self.random() < 0.3 {
            let limit = [1.0, 2.0, 10.0, 100.0][self.index(4)];
            let remaining = self.index(limit as usize) as f64;
            let reset_at = self.fixture.now + wait;
            let with_limit = self.random() < 0.5;
            let report = if with_limit { quota_of(limit, remaining, reset_at) } else { quota(remaining, reset_at) };
            self.fixture.report(&report);
        }
    }

    fn admit(&mut self) {
        while let Some((handle, admission)) = self.fixture.next() {
            let now = self.fixture.now;
            let index = self.waiting.iter().position(|call| call.handle == handle);
            let index = index.unwrap_or_else(|| panic!("{}: {handle:?} was not waiting", self.seed));
            let Call { request, .. } = self.waiting.remove(index);
            match admission {
                Admission::Granted => {
                    assert!(now >= request.not_before && now < request.deadline, "{}", self.seed);
                    self.check_order(index, &request);
                    self.in_flight.push((handle, request.priority));
                    continue;
                }
                Admission::Expired => assert!(now >= request.deadline, "{}", self.seed),
                Admission::RateLimited { retry_at } => {
                    let is_longer = retry_at - now > request.max_retry_after;
                    assert!(retry_at > now && (is_longer || retry_at >= request.deadline), "{}", self.seed);
                }
            }
            self.ended += 1;
        }
        let (seed, now, wake) = (self.seed, self.fixture.now, self.fixture.wake());
        assert!(wake.is_none_or(|at| at > now), "{seed}: a wakeup at {wake:?}, which is now");
        assert!(self.waiting.is_empty() || !self.in_flight.is_empty() || wake.is_some(), "{seed}: no wakeup");
    }

    /// `index` is the place that the admitted call had among those that wait.
    fn check_order(&self, index: usize, admitted: &Request) {
        let seed = self.seed;
        let ready = |call: &&Call| call.request.not_before <= self.fixture.now;
        let mut interactive = self.waiting.iter().filter(ready).map(|call| call.request.priority);
        let goes_first = admitted.priority == Priority::Interactive;
        assert!(goes_first || interactive.all(|priority| priority != Priority::Interactive), "{seed}: before it");
        let polls = self.in_flight.iter().filter(|(_, priority)| *priority == Priority::Poll).count();
        assert!(admitted.priority != Priority::Poll || polls == 0, "{seed}: two polls");
        let same = |call: &&Call| call.request.priority == admitted.priority;
        let earlier = self.waiting.iter().take(index).filter(ready).filter(same);
        assert!(!earlier.clone().any(|call| call.request.is_retry == admitted.is_retry), "{seed}: out of order");
        let mut all = self.waiting.iter().filter(ready).filter(same);
        assert!(admitted.is_retry || !all.any(|call| call.request.is_retry), "{seed}: before a retry");
    }
}
