//! The rules of the gate, each by its name, on a made-up clock.

use openprospect::gate::{
    Entrant, Event, FAILURES, FIRST_WINDOW, Gate, LONGEST_PAUSE, Outcome, QUIET, SILENCE, STRETCH, Settled, Ticket,
    Turn, WIDEST_WINDOW,
};
use openprospect::retry::{Backoff, RetryPolicy};

const SERVED: Outcome = Outcome::Served;
const FAILED: Outcome = Outcome::Failed { until: None };
const WINDOW: usize = FIRST_WINDOW as usize;

/// A gate and a clock.
struct Desk {
    gate: Gate,
    now: f64,
    roll: f64,
}

impl Desk {
    fn new() -> Self {
        let backoff = Backoff { base: 100.0, max: 5_000.0 };
        Self { gate: Gate::new(RetryPolicy { backoff, ..RetryPolicy::default() }), now: 1_000.0, roll: 0.5 }
    }

    fn enter(&mut self) -> Ticket {
        self.until(f64::INFINITY)
    }

    fn until(&mut self, deadline: f64) -> Ticket {
        self.gate.enter(Entrant { is_retry: false, not_before: self.now, deadline }, self.now)
    }

    fn retry(&mut self, not_before: f64) -> Ticket {
        self.gate.enter(Entrant { is_retry: true, not_before, deadline: f64::INFINITY }, self.now)
    }

    fn many(&mut self, count: usize) -> Vec<Ticket> {
        (0..count).map(|_| self.enter()).collect()
    }

    fn next(&mut self) -> Option<(Ticket, Turn)> {
        self.gate.next(self.now)
    }

    /// All whose turn it is to send.
    fn go(&mut self) -> Vec<Ticket> {
        std::iter::from_fn(|| self.next())
            .map(|(ticket, turn)| {
                assert_eq!(turn, Turn::Go);
                ticket
            })
            .collect()
    }

    fn settle(&mut self, ticket: Ticket, outcome: Outcome) -> Settled {
        self.gate.settle(ticket, outcome, self.now, self.roll)
    }

    fn settle_all(&mut self, tickets: impl IntoIterator<Item = Ticket>, outcome: Outcome) {
        for ticket in tickets {
            self.settle(ticket, outcome);
        }
    }

    fn limited(&mut self, ticket: Ticket, wait: f64) {
        self.settle(ticket, Outcome::Limited { until: Some(self.now + wait) });
    }

    /// A call is refused, and the server asks for that wait.
    fn refuse_one(&mut self, wait: f64) {
        let ticket = self.enter();
        assert_eq!(self.go(), [ticket]);
        self.limited(ticket, wait);
    }

    /// The server is seen to be down.
    fn go_down(&mut self) {
        for _ in 0..FAILURES {
            let ticket = self.enter();
            assert_eq!(self.go(), [ticket]);
            assert!(!self.settle(ticket, FAILED).failed_probe);
        }
    }

    fn wake(&self) -> Option<f64> {
        self.gate.wake_at(self.now)
    }

    /// Sleeps until the gate wants to be asked.
    fn sleep(&mut self) {
        self.now = self.wake().unwrap();
    }

    fn events(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.gate.take_event()).collect()
    }
}

#[test]
fn the_window_begins_small_and_grows_with_each_success() {
    let mut desk = Desk::new();
    let calls = desk.many(100);
    let first = desk.go();
    assert_eq!(first, calls[..WINDOW]);
    desk.settle(first[0], SERVED);
    assert_eq!(desk.go(), calls[WINDOW..WINDOW + 2]);
    desk.settle(first[1], SERVED);
    assert_eq!(desk.go(), calls[WINDOW + 2..WINDOW + 4]);
    assert_eq!(desk.wake(), Some(desk.now + SILENCE));
}

#[test]
fn a_burst_is_out_in_a_few_round_trips_and_the_window_stays() {
    let mut desk = Desk::new();
    let mut trips = Vec::new();
    for _ in 0..3 {
        desk.many(64);
        let mut count = 0;
        loop {
            let out = desk.go();
            if out.is_empty() {
                break;
            }
            count += 1;
            desk.now += 10.0;
            desk.settle_all(out, SERVED);
        }
        trips.push(count);
    }
    assert_eq!(trips, [5, 1, 1]);
}

#[test]
fn slow_answers_do_not_make_calls_wait_for_each_other() {
    let mut desk = Desk::new();
    desk.many(5 * WINDOW);
    let first = desk.go();
    assert_eq!(first.len(), WINDOW);
    for _ in WINDOW..4 * WINDOW {
        assert_eq!(desk.gate.wake_at(desk.now), Some(desk.now + SILENCE));
        desk.now += SILENCE - 1.0;
        assert_eq!(desk.go(), []);
        desk.now += 1.0;
        assert_eq!(desk.go().len(), 1);
    }
    assert_eq!(desk.gate.wake_at(desk.now), None, "a server that never answers is not filled");
    desk.now += 100.0 * SILENCE;
    assert_eq!(desk.go(), []);
    // One that answers is no longer silent.
    desk.settle(first[0], SERVED);
    assert_eq!(desk.go(), []);
    desk.now += SILENCE;
    assert_eq!(desk.go().len(), 1);
}

#[test]
fn the_window_does_not_grow_unused_nor_for_ever() {
    let mut desk = Desk::new();
    for _ in 0..1_000 {
        let ticket = desk.enter();
        assert_eq!(desk.go(), [ticket]);
        desk.settle(ticket, SERVED);
    }
    desk.many(10_000);
    let mut out = desk.go();
    assert_eq!(out.len(), WINDOW);
    for _ in 0..20 {
        desk.settle_all(out, SERVED);
        out = desk.go();
    }
    assert_eq!(out.len(), WIDEST_WINDOW as usize);
}

#[test]
fn a_429_pauses_everybody_until_the_servers_instant() {
    let mut desk = Desk::new();
    let out = desk.many(10);
    desk.go();
    desk.now += 5.0;
    desk.limited(out[0], 700.0);
    let later = desk.enter();
    assert_eq!((desk.go(), desk.wake()), (vec![], Some(1_705.0)));
    desk.settle(out[1], SERVED);
    desk.now = 1_704.9;
    assert_eq!(desk.go(), []);
    desk.now = 1_705.0;
    assert_eq!(desk.go(), [out[WINDOW]]);
    assert_ne!(later, out[WINDOW]);
}

#[test]
fn a_pause_is_never_shortened() {
    let mut desk = Desk::new();
    let out = desk.many(WINDOW);
    desk.go();
    desk.enter();
    desk.limited(out[0], 900.0);
    desk.limited(out[1], 100.0);
    desk.settle(out[2], Outcome::Limited { until: None });
    assert_eq!(desk.wake(), Some(1_900.0));
    desk.limited(out[3], 1_200.0);
    assert_eq!(desk.wake(), Some(2_200.0));
}

#[test]
fn refusals_of_one_episode_cut_the_pace_once() {
    let pace = |refused: usize| {
        let mut desk = Desk::new();
        desk.many(50);
        for _ in 0..2 {
            for ticket in desk.go() {
                desk.settle(ticket, SERVED);
            }
        }
        let out = desk.go();
        desk.now += 10.0;
        out[..refused].iter().for_each(|&ticket| desk.limited(ticket, 500.0));
        let events = desk.events();
        assert_eq!(events.len(), 1, "{events:?}");
        out[refused..].iter().for_each(|&ticket| desk.gate.leave(ticket));
        desk.sleep();
        desk.go();
        (desk.wake().unwrap() - desk.now, events)
    };
    assert_eq!(pace(1), pace(12));
}

#[test]
fn a_pause_without_a_hint_is_the_backoffs_and_grows() {
    let mut desk = Desk::new();
    let mut ticket = desk.retry(0.0);
    for wait in [75.0, 125.0, 225.0] {
        assert_eq!(desk.go(), [ticket]);
        desk.settle(ticket, Outcome::Limited { until: None });
        ticket = desk.retry(0.0);
        assert_eq!(desk.wake(), Some(desk.now + wait));
        desk.sleep();
    }
}

#[test]
fn a_success_after_a_pause_begins_the_backoff_anew() {
    let mut desk = Desk::new();
    for outcome in [Outcome::Limited { until: None }, SERVED, Outcome::Limited { until: None }] {
        let ticket = desk.enter();
        if desk.go().is_empty() {
            desk.sleep();
            assert_eq!(desk.go(), [ticket]);
        }
        desk.now += 1.0;
        desk.settle(ticket, outcome);
    }
    desk.enter();
    assert_eq!(desk.wake(), Some(desk.now + 75.0));
}

#[test]
fn advice_that_was_not_enough_is_not_followed_blindly_by_a_crowd() {
    let mut desk = Desk::new();
    desk.many(10);
    let mut waits = Vec::new();
    for ticket in desk.go() {
        desk.limited(ticket, 0.0);
    }
    for _ in 0..4 {
        desk.now += 1.0;
        let ticket = desk.go()[0];
        desk.limited(ticket, 0.0);
        waits.push(desk.wake().unwrap() - desk.now);
        desk.sleep();
    }
    assert_eq!(waits, [75.0, 125.0, 225.0, 425.0]);
}

#[test]
fn after_a_pause_requests_leave_one_by_one() {
    let mut desk = Desk::new();
    desk.many(100);
    for ticket in desk.go() {
        desk.settle(ticket, SERVED);
    }
    let out = desk.go();
    assert_eq!(out.len(), 2 * WINDOW);
    for ticket in out {
        desk.limited(ticket, 1_000.0);
    }
    desk.sleep();
    let mut gaps = Vec::new();
    for _ in 0..10 {
        let out = desk.go();
        assert_eq!(out.len(), 1);
        desk.settle(out[0], SERVED);
        let before = desk.now;
        desk.sleep();
        gaps.push(desk.now - before);
    }
    // Four succeeded in a moment; the pace grows with each success.
    assert!(gaps[0] > 30.0 && gaps[0] < 250.0, "{gaps:?}");
    assert!(gaps.is_sorted_by(|a, b| a > b), "{gaps:?}");
}

#[test]
fn refusals_in_a_row_halve_the_pace_down_to_one_in_two_seconds() {
    let mut desk = Desk::new();
    let mut paces = Vec::new();
    for _ in 0..6 {
        desk.refuse_one(10_000.0);
        match desk.events()[..] {
            [.., Event::Throttled { pace: Some(pace), .. }] => paces.push(pace),
            ref other => panic!("{other:?}"),
        }
        desk.now += 10_000.0;
    }
    assert_eq!(paces, [5.0, 2.5, 1.25, 0.625, 0.5, 0.5]);
}

#[test]
fn what_succeeded_but_comes_in_after_the_refusal_counts() {
    let mut desk = Desk::new();
    let out = desk.many(WINDOW);
    desk.go();
    desk.settle(out[0], SERVED);
    desk.settle(out[1], SERVED);
    desk.limited(out[2], 100.0);
    // Four times the burst.
    assert!(matches!(desk.events()[..], [Event::Throttled { pace: Some(8.0), .. }]));
    desk.settle(out[3], SERVED);
    let waiting = desk.enter();
    desk.sleep();
    assert_eq!(desk.go(), [waiting]);
    assert!(matches!(desk.events()[..], [Event::Resumed { pace: Some(12.0), .. }]));
}

#[test]
fn a_late_timer_does_not_slow_the_pace_down_nor_release_a_burst() {
    let mut desk = Desk::new();
    desk.refuse_one(100.0);
    desk.many(50);
    desk.sleep();
    let first = desk.now;
    let mut sent = desk.go().len();
    // At 5 a second, and 20 ms late each time.
    for _ in 0..3 {
        desk.sleep();
        desk.now += 20.0;
        sent += desk.go().len();
    }
    assert_eq!(sent, 4);
    assert!(desk.now - first <= 200.0 * 3.0 + 20.0 + 1e-6, "{}", desk.now - first);
    let mut desk = Desk::new();
    desk.refuse_one(100.0);
    desk.many(50);
    desk.now += 10_000.0;
    assert_eq!(desk.go().len(), 1);
}

#[test]
fn after_a_quiet_while_there_is_no_limit() {
    let mut desk = Desk::new();
    desk.refuse_one(100.0);
    desk.now += 100.0 + QUIET + 1.0;
    desk.many(10);
    assert_eq!(desk.go().len(), WINDOW);
}

#[test]
fn who_calls_one_by_one_is_soon_as_fast_as_before() {
    let mut desk = Desk::new();
    desk.refuse_one(100.0);
    desk.now += 100.0;
    let mut waited = 0.0;
    for _ in 0..20 {
        let ticket = desk.enter();
        if let Some(at) = desk.wake() {
            waited += at - desk.now;
            desk.now = at;
        }
        assert_eq!(desk.go(), [ticket]);
        desk.now += 50.0;
        desk.settle(ticket, SERVED);
    }
    assert!(waited < 1_500.0, "{waited}");
}

#[test]
fn no_more_leave_than_a_header_says_are_left() {
    let mut desk = Desk::new();
    let calls = desk.many(20);
    let out = desk.go();
    desk.settle(out[0], SERVED);
    desk.gate.quota(4.0, desk.now + 500.0, desk.now);
    assert_eq!(desk.go(), calls[WINDOW..WINDOW + 1]);
    desk.settle(out[1], SERVED);
    desk.gate.quota(0.0, desk.now + 500.0, desk.now);
    assert_eq!((desk.go(), desk.wake()), (vec![], Some(1_500.0)));
    assert!(matches!(desk.events()[..], [Event::Throttled { pace: None, .. }]));
    desk.gate.quota(0.0, desk.now + 600.0, desk.now);
    assert_eq!((desk.events(), desk.wake()), (vec![], Some(1_600.0)));
    // Those on their way are refused as well, and that teaches nothing.
    desk.limited(out[2], 300.0);
    assert_eq!(desk.events(), []);
    desk.now = 1_600.0;
    assert!(desk.go().len() > 1);
    assert!(matches!(desk.events()[..], [Event::Resumed { pace: None, .. }]));
}

#[test]
fn a_header_about_next_week_is_not_believed() {
    for (remaining, wait) in [(0.0, 7.0 * 86_400e3), (0.0, -5.0), (0.0, f64::NAN), (0.0, f64::INFINITY)] {
        let mut desk = Desk::new();
        desk.gate.quota(remaining, desk.now + wait, desk.now);
        let ticket = desk.enter();
        assert_eq!((desk.go(), desk.events()), (vec![ticket], vec![]), "{wait}");
    }
}

#[test]
fn a_retry_goes_before_new_calls_and_each_in_its_order() {
    let mut desk = Desk::new();
    let out = desk.many(WINDOW);
    desk.go();
    let new = desk.many(2);
    let retries = [desk.retry(0.0), desk.retry(0.0)];
    let newer = desk.enter();
    desk.settle_all(out, SERVED);
    assert_eq!(desk.go(), [retries[0], retries[1], new[0], new[1], newer]);
}

#[test]
fn nobody_sends_before_the_own_wait_is_over() {
    let mut desk = Desk::new();
    let retry = desk.retry(1_300.0);
    let new = desk.enter();
    assert_eq!(desk.go(), [new]);
    assert_eq!(desk.wake(), Some(1_300.0));
    desk.now = 1_299.9;
    assert_eq!(desk.go(), []);
    desk.now = 1_300.0;
    assert_eq!(desk.go(), [retry]);
}

#[test]
fn a_deadline_is_obeyed_while_waiting() {
    let mut desk = Desk::new();
    desk.many(WINDOW);
    desk.go();
    let late = desk.until(1_200.0);
    let patient = desk.enter();
    assert_eq!((desk.next(), desk.wake()), (None, Some(1_200.0)));
    desk.now = 1_200.0;
    assert_eq!(desk.next(), Some((late, Turn::Late)));
    assert_eq!((desk.next(), desk.wake()), (None, Some(1_000.0 + SILENCE)));
    assert_ne!(patient, late);
}

#[test]
fn a_pause_beyond_the_deadline_is_refused_at_once() {
    let mut desk = Desk::new();
    let out = desk.many(WINDOW);
    desk.go();
    let hurried = desk.until(1_900.0);
    let patient = desk.until(3_000.0);
    desk.limited(out[0], 1_000.0);
    assert_eq!(desk.next(), Some((hurried, Turn::Unaffordable { retry_at: 2_000.0 })));
    assert_eq!((desk.next(), desk.wake()), (None, Some(2_000.0)));
    let hurried = desk.until(1_500.0);
    assert_eq!(desk.next(), Some((hurried, Turn::Unaffordable { retry_at: 2_000.0 })));
    out[1..].iter().for_each(|&ticket| desk.gate.leave(ticket));
    desk.now = 2_000.0;
    assert_eq!(desk.go(), [patient]);
}

#[test]
fn a_pause_longer_than_a_server_may_ask_for_is_refused_at_once() {
    let mut desk = Desk::new();
    desk.refuse_one(90_000.0);
    let ticket = desk.enter();
    assert_eq!(desk.next(), Some((ticket, Turn::Unaffordable { retry_at: 91_000.0 })));
    desk.now += 30_000.0;
    let ticket = desk.enter();
    assert_eq!((desk.next(), desk.wake()), (None, Some(91_000.0)));
    desk.sleep();
    assert_eq!(desk.go(), [ticket]);
}

#[test]
fn no_pause_is_endless() {
    for wait in [1e15, f64::INFINITY, f64::NAN] {
        let mut desk = Desk::new();
        desk.refuse_one(wait);
        desk.now += LONGEST_PAUSE;
        let ticket = desk.enter();
        assert_eq!(desk.go(), [ticket], "{wait}");
    }
}

#[test]
fn who_leaves_makes_room() {
    let mut desk = Desk::new();
    let calls = desk.many(WINDOW + 3);
    desk.go();
    desk.gate.leave(calls[WINDOW]);
    desk.gate.leave(calls[0]);
    assert_eq!(desk.go(), calls[WINDOW + 1..WINDOW + 2]);
    // A ticket that is no longer valid does nothing, whoever has its place now.
    desk.gate.leave(calls[0]);
    assert_eq!(desk.settle(calls[0], FAILED), Settled::default());
    assert_eq!(desk.go(), []);
    let again = desk.enter();
    assert_eq!(again.place(), calls[0].place());
    desk.gate.leave(calls[0]);
    desk.settle(calls[1], SERVED);
    assert_eq!(desk.go(), [calls[WINDOW + 2], again]);
}

#[test]
fn five_failures_in_a_row_are_an_outage() {
    let mut desk = Desk::new();
    desk.go_down();
    let ticket = desk.enter();
    assert_eq!((desk.go(), desk.wake()), (vec![], Some(1_075.0)));
    assert_eq!(desk.events(), [Event::Outage { failures: 5, waiting: 0, probe_at: 1_075.0 }]);
    desk.sleep();
    assert_eq!(desk.go(), [ticket]);
}

#[test]
fn any_answer_between_failures_shows_that_the_server_lives() {
    for answer in [SERVED, Outcome::Limited { until: Some(0.0) }] {
        let mut desk = Desk::new();
        for outcome in [FAILED, FAILED, FAILED, FAILED, answer, FAILED, FAILED, FAILED, FAILED] {
            let ticket = desk.enter();
            desk.now += 1_000.0;
            assert_eq!(desk.go(), [ticket]);
            desk.settle(ticket, outcome);
        }
        desk.now += 1_000.0;
        desk.many(2);
        assert!(!desk.go().is_empty());
        assert!(!desk.events().iter().any(|event| matches!(event, Event::Outage { .. })));
    }
}

#[test]
fn one_probe_at_a_time_and_its_failure_is_everybodys() {
    let mut desk = Desk::new();
    desk.go_down();
    let calls = desk.many(3);
    let resting = desk.retry(1e6);
    desk.sleep();
    assert_eq!((desk.go(), desk.wake()), (vec![calls[0]], None));
    desk.now += 1_000.0;
    assert_eq!(desk.go(), []);
    assert!(desk.settle(calls[0], FAILED).failed_probe);
    assert_eq!(desk.gate.waiting(desk.now).collect::<Vec<_>>(), calls[1..]);
    assert_ne!(resting, calls[1]);
    // The second wait is up to 200 ms.
    assert_eq!(desk.wake(), Some(desk.now + 125.0));
}

#[test]
fn the_prober_is_the_first_whose_own_wait_is_over() {
    let mut desk = Desk::new();
    desk.go_down();
    let calls = desk.many(3);
    desk.gate.postpone(calls[0], 1_500.0);
    desk.gate.postpone(calls[1], 1_400.0);
    desk.gate.postpone(calls[2], 1_400.0);
    assert_eq!(desk.wake(), Some(1_075.0));
    desk.sleep();
    assert_eq!((desk.go(), desk.wake()), (vec![], Some(1_400.0)));
    desk.sleep();
    assert_eq!(desk.go(), [calls[1]]);
    desk.now = 2_000.0;
    desk.settle(calls[1], FAILED);
    desk.sleep();
    assert_eq!(desk.go(), [calls[0]]);
}

#[test]
fn an_own_wait_may_be_changed_either_way() {
    let mut desk = Desk::new();
    let call = desk.retry(5_000.0);
    for until in [9_000.0, 6_000.0] {
        desk.gate.postpone(call, until);
        while desk.wake().unwrap() < until {
            desk.sleep();
            assert_eq!(desk.go(), []);
        }
        assert_eq!(desk.wake(), Some(until));
    }
    desk.sleep();
    assert_eq!(desk.go(), [call]);
}

#[test]
fn stragglers_neither_delay_the_probe_nor_count_for_others() {
    let mut desk = Desk::new();
    desk.many(60);
    for _ in 0..3 {
        for ticket in desk.go() {
            desk.settle(ticket, SERVED);
        }
    }
    let out = desk.go();
    for ticket in out {
        assert!(!desk.settle(ticket, FAILED).failed_probe);
        desk.now += 1.0;
    }
    // 75 ms after the fifth failure, whatever came later.
    desk.enter();
    assert_eq!(desk.wake(), Some(1_079.0));
}

#[test]
fn who_rests_because_of_the_outage_follows_when_any_answer_ends_it() {
    let mut desk = Desk::new();
    let slow = desk.enter();
    desk.go();
    desk.go_down();
    let resting = [desk.retry(60_000.0), desk.retry(50_000.0)];
    assert_eq!((desk.go(), desk.wake()), (vec![], Some(50_000.0)));
    desk.settle(slow, SERVED);
    assert_eq!(desk.go(), resting);
}

#[test]
fn an_aborted_probe_is_replaced() {
    let mut desk = Desk::new();
    desk.go_down();
    let calls = desk.many(2);
    desk.sleep();
    assert_eq!(desk.go(), [calls[0]]);
    desk.gate.leave(calls[0]);
    assert_eq!(desk.go(), [calls[1]]);
}

#[test]
fn the_first_success_lets_the_others_follow_window_first() {
    for end in [SERVED, Outcome::Limited { until: Some(0.0) }] {
        let mut desk = Desk::new();
        desk.many(60);
        for _ in 0..3 {
            for ticket in desk.go() {
                desk.settle(ticket, SERVED);
            }
        }
        // The window is wide by now.
        let out = desk.go();
        assert!(out.len() > 4 * WINDOW);
        desk.settle_all(out, FAILED);
        let calls: Vec<Ticket> = (0..20).map(|_| desk.retry(desk.now + 4_000.0)).collect();
        desk.now += 4_000.0;
        assert_eq!(desk.go().len(), 1);
        calls[1..].iter().for_each(|&ticket| desk.gate.postpone(ticket, desk.now + 4_000.0));
        desk.events();
        desk.settle(calls[0], end);
        assert!(matches!(desk.events()[0], Event::Resumed { window: FIRST_WINDOW, waiting: 19, .. }));
        let sent = desk.go();
        assert_eq!(sent, calls[1..=if end == SERVED { WINDOW } else { 1 }]);
    }
}

#[test]
fn a_503_that_names_an_instant_holds_the_probes() {
    let mut desk = Desk::new();
    for _ in 0..FAILURES {
        let ticket = desk.enter();
        desk.go();
        desk.settle(ticket, Outcome::Failed { until: Some(9_000.0) });
    }
    let ticket = desk.until(20_000.0);
    let hurried = desk.until(8_000.0);
    assert_eq!(desk.next(), Some((hurried, Turn::Unaffordable { retry_at: 9_000.0 })));
    assert_eq!((desk.next(), desk.wake()), (None, Some(9_000.0)));
    desk.sleep();
    assert_eq!(desk.go(), [ticket]);
}

#[test]
fn probes_are_a_second_apart_at_first_and_five_at_last() {
    let mut desk = Desk::new();
    desk.roll = 1.0;
    desk.go_down();
    desk.enter();
    let mut waits = Vec::new();
    for _ in 0..40 {
        let before = desk.now;
        desk.sleep();
        waits.push(desk.now - before);
        let ticket = desk.go()[0];
        desk.enter();
        desk.settle(ticket, FAILED);
    }
    assert_eq!(waits[..5], [100.0, 200.0, 400.0, 800.0, 1_000.0]);
    assert!(waits.iter().all(|&wait| wait <= 5_000.0));
    assert_eq!(waits[39], 5_000.0);
}

#[test]
fn a_lone_call_waits_as_without_a_gate() {
    let backoff = Backoff { base: 100.0, max: 5_000.0 };
    for outcome in [FAILED, Outcome::Limited { until: None }] {
        let mut desk = Desk::new();
        for n in 1..20 {
            let ticket = desk.retry(desk.now);
            assert_eq!(desk.go(), [ticket]);
            desk.now += 10.0;
            desk.roll = f64::from(n) / 20.0;
            desk.settle(ticket, outcome);
            let own = desk.now + backoff.before_retry(n, desk.roll);
            let ticket = desk.retry(own);
            assert_eq!((desk.go(), desk.wake()), (vec![], Some(own)), "{outcome:?} {n}");
            desk.now = own;
            desk.gate.leave(ticket);
        }
    }
}

#[test]
fn a_clock_that_jumps_makes_no_wait_longer() {
    for jump in [-1e3, -86_400e3, -1e12] {
        let mut desk = Desk::new();
        desk.now = 2e12;
        desk.refuse_one(700.0);
        let ticket = desk.until(desk.now + 5_000.0);
        desk.now += 100.0;
        assert_eq!(desk.go(), []);
        desk.now += jump;
        assert_eq!((desk.next(), desk.wake()), (None, Some(desk.now + 600.0)));
        desk.now += 600.0;
        assert_eq!(desk.go(), [ticket], "{jump}");
    }
    let mut desk = Desk::new();
    desk.refuse_one(700.0);
    let (hurried, patient) = (desk.until(desk.now + 5_000.0), desk.enter());
    desk.now += 86_400e3;
    assert_eq!(desk.next(), Some((hurried, Turn::Late)));
    assert_eq!(desk.go(), [patient]);
}

#[test]
fn nonsense_for_a_clock_is_ignored() {
    let mut desk = Desk::new();
    let tickets = desk.many(3);
    for now in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        desk.gate.wake_at(now);
        desk.gate.quota(now, now, now);
        desk.gate.postpone(tickets[0], now);
    }
    desk.gate.next(f64::NAN);
    desk.gate.next(f64::INFINITY);
    desk.now += 1.0;
    let ticket = desk.enter();
    assert!(desk.go().contains(&ticket));
}

#[test]
fn events_tell_each_change_once() {
    let mut desk = Desk::new();
    let out = desk.many(WINDOW + 2);
    desk.go();
    desk.limited(out[0], 100.0);
    desk.limited(out[1], 100.0);
    assert_eq!(desk.events(), [Event::Throttled { until: 1_100.0, pace: Some(5.0), window: FIRST_WINDOW, waiting: 2 }]);
    desk.sleep();
    desk.go();
    assert_eq!(desk.events(), [Event::Resumed { pace: Some(5.0), window: FIRST_WINDOW, waiting: 1 }]);
    desk.sleep();
    desk.go();
    assert_eq!(desk.events(), []);
}

/// Anything may happen in any order, and still: no more out than the window, nothing before a pause's end or an own
/// wait's, no pause shortened, one probe at a time, retries and new calls each in their order, and all come through.
#[test]
fn whatever_happens_the_rules_hold() {
    for seed in 1..=300 {
        chaos(seed);
    }
}

fn chaos(seed: u64) {
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
        let what = roll();
        if what < 0.45 && !is_over {
            let (is_retry, not_before) = (roll() < 0.3, desk.now + 300.0 * (roll() - 0.5));
            let deadline = if roll() < 0.3 { desk.now + 3_000.0 * roll() } else { f64::INFINITY };
            let ticket = desk.gate.enter(Entrant { is_retry, not_before, deadline }, desk.now);
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
                    waiting.iter_mut().for_each(|one| one.2 = 0.0);
                    window = WINDOW;
                    is_down = false;
                }
                window += 1;
            } else if kind < 0.6 {
                let until = (roll() < 0.7).then(|| desk.now + 500.0 * roll());
                desk.settle(ticket, Outcome::Limited { until });
                paused_until = until.map_or(paused_until, |until| paused_until.max(until));
                if is_down {
                    waiting.iter_mut().for_each(|one| one.2 = 0.0);
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
                    assert!(until >= paused_until - 1e-6, "{seed}: shortened");
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
                    assert!(desk.now >= paused_until, "{seed}: in a pause");
                    assert!(desk.now >= not_before, "{seed}: before its time");
                    assert!(desk.now < deadline, "{seed}: too late");
                    let passed = |one: &&(Ticket, bool, f64, f64)| one.2 <= desk.now;
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
                Turn::Late => assert!(desk.now >= deadline, "{seed}"),
                Turn::Unaffordable { retry_at } => {
                    assert!(retry_at >= deadline && desk.now < deadline, "{seed}");
                }
            }
        }
        assert!(waiting.is_empty() || !out.is_empty() || desk.wake().is_some(), "{seed}: nobody would wake");
    }
    assert!(waiting.is_empty() && out.len() <= 1, "{seed}: {} wait, {} out", waiting.len(), out.len());
}
