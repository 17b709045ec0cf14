//! Calls under way: each goes on by itself until it has to wait, and is kept here meanwhile.

use super::answer::Answer;
use super::client::Client;
use super::running::{Plan, Running, Step};
use super::thrown::Trace;
use alloc::boxed::Box;
use alloc::rc::{Rc, Weak};
use alloc::vec::Vec;
use core::cell::RefCell;
use js_sys::Promise;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/wasm/js/drive.js")]
extern "C" {
    fn driven(promise: &Promise, land: &JsValue, call: u32) -> Promise;
    #[wasm_bindgen(js_name = createWait)]
    fn create_wait(promise: &Promise, call: u32) -> JsValue;
}

#[wasm_bindgen(module = "/src/wasm/js/instance.js")]
extern "C" {
    /// The same function, which is not called any more once something has gone wrong in here.
    fn guarded(run: &JsValue) -> JsValue;
}

/// The calls that wait, by a small number, and the function that is told what they waited for.
#[derive(Default)]
pub struct Calls {
    calls: RefCell<Vec<Option<Box<Running>>>>,
    free: RefCell<Vec<u32>>,
    land: RefCell<Option<Land>>,
}

struct Land {
    guarded: JsValue,
    /// It lives as long as the client.
    _closure: Closure<dyn FnMut(u32, JsValue, bool) -> JsValue>,
}

impl Calls {
    fn put(&self, running: Box<Running>) -> u32 {
        let mut calls = self.calls.borrow_mut();
        let call = self.free.borrow_mut().pop().unwrap_or(calls.len() as u32);
        match calls.get_mut(call as usize) {
            Some(place) => *place = Some(running),
            None => calls.push(Some(running)),
        }
        call
    }

    fn take(&self, call: u32) -> Option<Box<Running>> {
        let taken = self.calls.borrow_mut().get_mut(call as usize).and_then(Option::take);
        if taken.is_some() {
            self.free.borrow_mut().push(call);
        }
        taken
    }

    /// The one function of a client: a closure for each call costs more than most of what a call does here.
    fn land(&self, client: &Rc<Client>) -> JsValue {
        let client = Rc::downgrade(client);
        let land = || {
            let closure = Closure::new(move |call, came, is_rejected| {
                landing(&client, call, if is_rejected { Err(came) } else { Ok(came) })
            });
            Land { guarded: guarded(closure.as_ref()), _closure: closure }
        };
        self.land.borrow_mut().get_or_insert_with(land).guarded.clone()
    }
}

/// The promise of a call: of what its caller asked for, or of the error that it ends with.
pub fn perform(client: &Rc<Client>, plan: Plan, answer: Answer, trace: Trace) -> Promise {
    let mut running = Box::new(Running::begin(Rc::clone(client), plan, answer, trace));
    // A `fetch` of the user's own may call the client: nothing is borrowed here.
    match running.go_on() {
        Step::Wait(promise) => driven(&promise, &client.calls.land(client), client.calls.put(running)),
        Step::Settle(Ok(value)) => Promise::resolve(&value),
        Step::Settle(Err(error)) => Promise::reject(&error),
    }
}

/// What a call ends with, or what it waits for next. An error is a rejected promise: what is thrown is a failure of the module's own.
fn landing(client: &Weak<Client>, call: u32, came: Result<JsValue, JsValue>) -> JsValue {
    let taken = client.upgrade().and_then(|client| Some((client.calls.take(call)?, client)));
    let Some((mut running, client)) = taken else {
        return JsValue::UNDEFINED;
    };
    match running.step(came) {
        Step::Settle(Ok(value)) => value,
        Step::Settle(Err(error)) => Promise::reject(&error).into(),
        Step::Wait(promise) => create_wait(&promise, client.calls.put(running)),
    }
}
