//! The caller's wish to stop.
//!
//! Many calls may share one signal. It gets one listener however many they are: runtimes warn of a leak when a signal
//! has more than a few.

use super::platform::member;
use alloc::rc::{Rc, Weak};
use alloc::vec::Vec;
use core::cell::RefCell;
use core::task::{Context, Poll, Waker};
use js_sys::Map;
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

/// The signals that the calls of a client listen to.
#[derive(Default)]
pub struct Signals {
    /// From a signal to its place among the listeners.
    places: Map,
    listeners: RefCell<Vec<Weak<Listener>>>,
}

/// The one listener of a signal.
struct Listener {
    signal: AbortSignal,
    places: Map,
    closure: Closure<dyn FnMut()>,
    seats: Rc<RefCell<Vec<Seat>>>,
}

/// Where a call waits to be woken.
enum Seat {
    Free,
    Taken(Option<Waker>),
}

/// A call's part in a signal. Dropped, it listens no longer.
pub struct CallerSignal {
    listener: Rc<Listener>,
    seat: usize,
}

impl Signals {
    /// Begins to listen.
    pub fn listen(&self, signal: AbortSignal) -> CallerSignal {
        let place = self.places.get(&signal).as_f64();
        let known = place.and_then(|place| self.listeners.borrow().get(place as usize)?.upgrade());
        let listener = known.unwrap_or_else(|| self.add(signal));
        let seat = listener.take_seat();
        CallerSignal { listener, seat }
    }

    fn add(&self, signal: AbortSignal) -> Rc<Listener> {
        let seats: Rc<RefCell<Vec<Seat>>> = Rc::default();
        let called = Rc::clone(&seats);
        let closure = Closure::new(move || {
            for seat in called.borrow_mut().iter_mut() {
                if let Seat::Taken(waker) = seat {
                    // Waking only queues the task, which therefore finds the seats free to use.
                    waker.take().into_iter().for_each(Waker::wake);
                }
            }
        });
        let _ = signal.add_event_listener_with_callback("abort", closure.as_ref().unchecked_ref());
        let mut listeners = self.listeners.borrow_mut();
        let free = listeners.iter().position(|listener| listener.strong_count() == 0);
        let place = free.unwrap_or(listeners.len());
        self.places.set(&signal, &(place as f64).into());
        let listener = Rc::new(Listener { signal, places: self.places.clone(), closure, seats });
        match listeners.get_mut(place) {
            Some(freed) => *freed = Rc::downgrade(&listener),
            None => listeners.push(Rc::downgrade(&listener)),
        }
        listener
    }
}

impl Listener {
    fn take_seat(&self) -> usize {
        let mut seats = self.seats.borrow_mut();
        let free = seats.iter().position(|seat| matches!(seat, Seat::Free)).unwrap_or(seats.len());
        match seats.get_mut(free) {
            Some(seat) => *seat = Seat::Taken(None),
            None => seats.push(Seat::Taken(None)),
        }
        free
    }

    fn set(&self, seat: usize, to: Seat) {
        if let Some(seat) = self.seats.borrow_mut().get_mut(seat) {
            *seat = to;
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.signal.remove_event_listener_with_callback("abort", self.closure.as_ref().unchecked_ref());
        self.places.delete(&self.signal);
    }
}

impl CallerSignal {
    /// Has the caller stopped it?
    pub fn is_aborted(&self) -> bool {
        member(&self.listener.signal, "aborted").is_truthy()
    }

    /// Why.
    pub fn reason(&self) -> JsValue {
        member(&self.listener.signal, "reason")
    }

    /// Ready with the signal's reason once it is aborted.
    pub fn poll(&self, cx: &mut Context<'_>) -> Poll<JsValue> {
        if self.is_aborted() {
            return Poll::Ready(self.reason());
        }
        self.listener.set(self.seat, Seat::Taken(Some(cx.waker().clone())));
        Poll::Pending
    }
}

impl Drop for CallerSignal {
    fn drop(&mut self) {
        self.listener.set(self.seat, Seat::Free);
    }
}
