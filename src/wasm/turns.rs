//! The gate of a client, and what wakes those who wait at it.

use super::client::Client;
use super::events::tell;
use super::platform::{Parked, monotonic, now, park};
use crate::api_key::KeyId;
use crate::gate::{Entrant, Event, Gate, Outcome, Ticket, Turn};
use crate::json::Record;
use crate::quota::Quota;
use crate::response::Unavailable;
use crate::retry::RetryPolicy;
use crate::time::{Millis, Now};
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use gloo_timers::callback::Timeout;
use js_sys::Promise;
use wasm_bindgen::prelude::*;

/// What the end of a request means to other calls.
pub struct Settling {
    pub outcome: Outcome,
    /// Shared with every call.
    pub unavailable: Option<Unavailable>,
    /// Shared with the calls of the same key.
    pub quota: Option<Quota>,
    pub key: KeyId,
}

/// What a call that waited does now.
#[derive(Clone, Copy)]
pub enum Woken {
    /// It sends its request.
    Go,
    /// Its deadline has passed.
    Late,
    /// It would have to wait until that instant, for which it has no time.
    Unaffordable(Millis),
    /// The server is down, as the request of another call has shown.
    Down(Unavailable),
}

/// Where a call waits: its own, since its number may be another call's before it has gone on.
#[derive(Default)]
struct Seat {
    woken: RefCell<Option<Woken>>,
    parked: RefCell<Option<Parked>>,
}

/// A call's ticket, and where it waits.
pub struct Place {
    ticket: Ticket,
    seat: Rc<Seat>,
}

/// The gate, the seats of the calls that wait at it, and one timer for all of them.
pub struct Turns {
    gate: RefCell<Gate>,
    /// By the limiter and the place of their ticket.
    seats: RefCell<Vec<Vec<Option<Rc<Seat>>>>>,
    alarm: RefCell<Option<Timeout>>,
    alarm_at: Cell<Option<Millis>>,
    /// The latest failure of the server.
    unavailable: Cell<Option<Unavailable>>,
    /// Responses since one told a quota.
    quiet: Cell<u32>,
}

/// A server that tells its quota does so in every response, or in none; it may begin to.
const SURE: u32 = 8;
const AGAIN: u32 = 64;

/// What a timer holds.
const LONGEST: Millis = 2_147_483_647.0;

impl Turns {
    /// The gate of a client with this policy.
    pub fn new(policy: RetryPolicy) -> Self {
        Self {
            gate: RefCell::new(Gate::new(policy)),
            seats: RefCell::default(),
            alarm: RefCell::default(),
            alarm_at: Cell::default(),
            unavailable: Cell::default(),
            quiet: Cell::default(),
        }
    }

    /// Why the server is considered down, while it is.
    pub fn unavailable(&self) -> Option<Unavailable> {
        self.unavailable.get().filter(|_| self.gate.borrow().is_down())
    }

    /// Whether the next response is worth looking at for a quota.
    pub fn looks_for_quota(&self) -> bool {
        let quiet = self.quiet.get();
        self.quiet.set(quiet.wrapping_add(1));
        quiet < SURE || quiet.is_multiple_of(AGAIN)
    }

    fn give(&self, ticket: Ticket, woken: Woken) {
        let seats = self.seats.borrow();
        let seat = seats.get(ticket.limiter()).and_then(|seats| seats.get(ticket.place())).cloned().flatten();
        drop(seats);
        if let Some(seat) = seat {
            seat.woken.replace(Some(woken));
            if let Some(parked) = seat.parked.take() {
                parked.wake();
            }
        }
    }

    /// Whoever had the number before has left or is told already.
    fn seated(&self, place: &Place) {
        let mut limiters = self.seats.borrow_mut();
        let (limiter, own) = (place.ticket.limiter(), place.ticket.place());
        let count = limiters.len().max(limiter.saturating_add(1));
        limiters.resize_with(count, Vec::new);
        if let Some(seats) = limiters.get_mut(limiter) {
            let count = seats.len().max(own.saturating_add(1));
            seats.resize_with(count, || None);
            if let Some(seat) = seats.get_mut(own) {
                *seat = Some(Rc::clone(&place.seat));
            }
        }
    }

    fn leave_seat(&self, place: &Place) {
        let mut limiters = self.seats.borrow_mut();
        let seats = limiters.get_mut(place.ticket.limiter());
        if let Some(seat) = seats.and_then(|seats| seats.get_mut(place.ticket.place())) {
            seat.take_if(|seat| Rc::ptr_eq(seat, &place.seat));
        }
    }
}

/// A call lines up. It has its turn at once if nothing keeps it.
fn enter(client: &Rc<Client>, place: &mut Option<Place>, entrant: Entrant) -> Option<Woken> {
    let now = monotonic();
    let ticket = client.turns.gate.borrow_mut().enter(entrant, now);
    let own = place.insert(Place { ticket, seat: Rc::default() });
    // A handler of the caller's that is told meanwhile may make calls, and so bring this one's turn.
    client.turns.seated(own);
    let woken = go_on(client, Some(ticket), now);
    woken.map(|woken| done(&client.turns, place, woken))
}

/// The turn of a call if it has come, else what settles when it may have; rejected with the signal's reason should that
/// come first. The place is taken when there is none yet, and is gone when it is no longer valid.
pub fn turn(
    client: &Rc<Client>,
    place: &mut Option<Place>,
    entrant: Entrant,
    signal: &JsValue,
) -> Result<Woken, Promise> {
    let entered = if place.is_none() { enter(client, place, entrant) } else { None };
    let (None, Some(own)) = (&entered, &*place) else {
        return Ok(entered.unwrap_or(Woken::Go));
    };
    // Still parked, it was woken by its own timer: it looks for itself, since who would wake it may be gone.
    let looked = own.seat.parked.take().and_then(|_| go_on(client, Some(own.ticket), monotonic()));
    if let Some(woken) = own.seat.woken.take().or(looked) {
        return Ok(done(&client.turns, place, woken));
    }
    let parked = park(signal);
    let promise = parked.promise();
    own.seat.parked.replace(Some(parked));
    Err(promise)
}

fn done(turns: &Turns, place: &mut Option<Place>, woken: Woken) -> Woken {
    if let (Some(own), false) = (&*place, matches!(woken, Woken::Down(_))) {
        turns.leave_seat(own);
    }
    if matches!(woken, Woken::Late | Woken::Unaffordable(_)) {
        *place = None;
    }
    woken
}

/// A call gives its place away, wherever it is.
pub fn leave(client: &Rc<Client>, place: &mut Option<Place>) {
    if let Some(own) = place.take() {
        client.turns.leave_seat(&own);
        client.turns.gate.borrow_mut().leave(own.ticket);
        go_on(client, None, monotonic());
    }
}

/// A call that keeps its place does not want to send before that instant.
pub fn postpone(client: &Rc<Client>, place: &Place, not_before: Millis) {
    client.turns.gate.borrow_mut().postpone(place.ticket, not_before);
    go_on(client, None, monotonic());
}

/// The request of a call ended. If it was a probe and failed, an attempt failed for each call that waits.
pub fn settle(client: &Rc<Client>, place: &mut Option<Place>, settling: Settling, now: Now, roll: f64) {
    let Some(Place { ticket, .. }) = place.take() else {
        return;
    };
    let turns = &client.turns;
    let settled = turns.gate.borrow_mut().settle(ticket, settling.outcome, now.monotonic, roll);
    if let Some(quota) = settling.quota {
        turns.quiet.set(0);
        turns.gate.borrow_mut().quota(settling.key, quota.remaining, quota.reset_at, now.monotonic);
    }
    if let Some(unavailable) = settling.unavailable {
        turns.unavailable.set(Some(unavailable));
        if settled.failed_probe {
            let waiting = turns.gate.borrow().waiting(now.monotonic);
            for ticket in waiting {
                turns.give(ticket, Woken::Down(unavailable));
            }
        }
    }
    go_on(client, None, now.monotonic);
}

/// Lets everybody go on whose turn it is, tells of what changed, and sets the timer for the next look. The turn of
/// `own` is handed back instead.
pub fn go_on(client: &Rc<Client>, own: Option<Ticket>, now: Millis) -> Option<Woken> {
    let turns = &client.turns;
    let mut mine = None;
    loop {
        let next = turns.gate.borrow_mut().next(now);
        let Some((ticket, turn)) = next else {
            break;
        };
        let woken = match turn {
            Turn::Go => Woken::Go,
            Turn::Late => Woken::Late,
            Turn::Unaffordable { retry_at } => Woken::Unaffordable(retry_at),
        };
        if own == Some(ticket) {
            mine = Some(woken);
        } else {
            turns.give(ticket, woken);
        }
    }
    set_alarm(client, now);
    // A handler of the caller's may make calls: nothing is borrowed while it runs.
    let events = turns.gate.borrow_mut().take_events();
    for event in events {
        tell_event(client, event);
    }
    mine
}

fn set_alarm(client: &Rc<Client>, now: Millis) {
    let turns = &client.turns;
    let at = turns.gate.borrow().wake_at(now);
    if at == turns.alarm_at.get() {
        return;
    }
    turns.alarm_at.set(at);
    let alarm = at.map(|at| {
        // A whole millisecond that is not too early; one that is finds nobody's turn, and sets the timer again.
        let wait = (at - now).clamp(0.0, LONGEST - 1.0) as u32;
        let client = Rc::clone(client);
        Timeout::new(wait.saturating_add(1), move || {
            client.turns.alarm_at.set(None);
            go_on(&client, None, monotonic());
        })
    });
    turns.alarm.replace(alarm);
}

fn tell_event(client: &Client, event: Event) {
    let Some(handler) = &client.on_event else {
        return;
    };
    let mut record = Record::default();
    let (kind, until) = match event {
        Event::Throttled { until, .. } => ("throttled", Some(until)),
        Event::Outage { failures, probe_at, .. } => {
            record.number("failures", Some(f64::from(failures)));
            ("outage", Some(probe_at))
        }
        Event::Resumed { .. } => ("resumed", None),
    };
    let (Event::Throttled { waiting, .. } | Event::Outage { waiting, .. } | Event::Resumed { waiting, .. }) = event;
    if let Event::Throttled { pace, window, .. } | Event::Resumed { pace, window, .. } = event {
        record.number("pace", pace);
        record.number("window", Some(f64::from(window)));
    }
    record.number("waiting", Some(waiting as f64));
    let now = now();
    let until = until.map(|at| js_sys::Date::new(&(now.wall + (at - now.monotonic)).into()));
    let objects = until.as_ref().map(|until| ("until", until.as_ref()));
    tell(Some(handler), kind, record, objects.as_slice());
}
