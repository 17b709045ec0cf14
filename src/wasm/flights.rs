//! Calls whose first request leaves at once, which is most of them: they cost no future, only the promise of the request.

use super::client::Client;
use super::drive::drive;
use super::running::{Running, Step};
use alloc::boxed::Box;
use alloc::rc::{Rc, Weak};
use alloc::vec::Vec;
use core::cell::RefCell;
use js_sys::Promise;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/wasm/attempt.js")]
extern "C" {
    #[wasm_bindgen(js_name = landed)]
    fn on_landing(seen: &Promise, land: &JsValue, flight: u32) -> Promise;
}

/// The calls under way, by a small number, and the function that their promises call.
#[derive(Default)]
pub struct Flights {
    flights: RefCell<Vec<Option<Box<Running>>>>,
    free: RefCell<Vec<u32>>,
    land: RefCell<Option<Land>>,
}

type Land = Closure<dyn FnMut(u32, JsValue) -> Result<JsValue, JsValue>>;

impl Flights {
    fn put(&self, running: Box<Running>) -> u32 {
        let mut flights = self.flights.borrow_mut();
        let flight = self.free.borrow_mut().pop().unwrap_or(flights.len() as u32);
        match flights.get_mut(flight as usize) {
            Some(place) => *place = Some(running),
            None => flights.push(Some(running)),
        }
        flight
    }

    fn take(&self, flight: u32) -> Option<Box<Running>> {
        let taken = self.flights.borrow_mut().get_mut(flight as usize).and_then(Option::take);
        if taken.is_some() {
            self.free.borrow_mut().push(flight);
        }
        taken
    }

    /// The one function of a client: a closure for each call costs more than most of what a call does here.
    fn land(&self, client: &Rc<Client>) -> JsValue {
        let client = Rc::downgrade(client);
        let closure = |client: Weak<Client>| Closure::new(move |flight, seen| landing(&client, flight, seen));
        self.land.borrow_mut().get_or_insert_with(|| closure(client)).as_ref().clone()
    }
}

/// The promise of a call whose first request has left.
pub fn landed(client: &Rc<Client>, running: Box<Running>, attempt: &Promise) -> Promise {
    let flight = client.flights.put(running);
    on_landing(attempt, &client.flights.land(client), flight)
}

/// What a call ends with, or the promise of it if its first attempt was not the last.
fn landing(client: &Weak<Client>, flight: u32, seen: JsValue) -> Result<JsValue, JsValue> {
    let taken = client.upgrade().and_then(|client| client.flights.take(flight));
    let Some(mut running) = taken else {
        return Ok(JsValue::UNDEFINED);
    };
    match running.step(Ok(seen)) {
        Step::Settle(result) => result,
        Step::Wait(promise) => Ok(drive(running, promise).into()),
    }
}
