//! The time of one attempt, and the means to end it.

use super::abort::CallerSignal;
use super::sleep::Sleep;
use super::thrown::Refused;
use crate::call::Allowance;
use crate::error::Scope;
use alloc::rc::Rc;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal};

/// Why an attempt ended without a response.
pub enum Stop {
    /// The caller's signal, with its reason.
    Aborted(JsValue),
    /// The time was up; `sent` tells whether a request had left by then.
    TimedOut { scope: Scope, sent: bool },
    /// What a promise was rejected with, or a function threw.
    Thrown(JsValue),
    /// Nothing can be sent at all.
    Refused(Refused),
    /// Asked once more, the caller's function gave the key that was refused before.
    SameKey,
}

/// An attempt under way. Dropped before it is done, it cancels the request.
pub struct Exchange {
    timer: Sleep,
    scope: Scope,
    signal: Option<Rc<CallerSignal>>,
    controller: AbortController,
    sent: bool,
    done: bool,
}

impl Exchange {
    /// Begins an attempt, unless the caller has stopped it by now.
    pub fn begin(allowance: Allowance, signal: Option<Rc<CallerSignal>>) -> Result<Self, Stop> {
        if let Some(signal) = signal.as_ref().filter(|signal| signal.is_aborted()) {
            return Err(Stop::Aborted(signal.reason()));
        }
        let controller = AbortController::new().map_err(Stop::Thrown)?;
        let timer = Sleep::new(allowance.timeout);
        Ok(Self { timer, scope: allowance.scope, signal, controller, sent: false, done: false })
    }

    /// Waits for a promise, for the time to be up or for the caller to stop it, whichever is first.
    pub fn race(&mut self, promise: Promise) -> Race<'_> {
        Race { exchange: self, promise: JsFuture::from(promise) }
    }

    /// The last look at the caller's signal before a request leaves; from here on one may have left.
    pub fn depart(&mut self) -> Result<AbortSignal, Stop> {
        match self.signal.as_ref().filter(|signal| signal.is_aborted()) {
            Some(signal) => Err(Stop::Aborted(signal.reason())),
            None => {
                self.sent = true;
                Ok(self.controller.signal())
            }
        }
    }

    /// All that was wanted is there.
    pub fn finish(&mut self) {
        self.done = true;
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        if !self.done {
            self.controller.abort();
        }
    }
}

/// The outcome of a promise, unless something else comes first.
pub struct Race<'a> {
    exchange: &'a mut Exchange,
    promise: JsFuture,
}

impl Future for Race<'_> {
    type Output = Result<JsValue, Stop>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { exchange, promise } = &mut *self;
        if let Some(Poll::Ready(reason)) = exchange.signal.as_ref().map(|signal| signal.poll(cx)) {
            return Poll::Ready(Err(Stop::Aborted(reason)));
        }
        if let Poll::Ready(settled) = Pin::new(promise).poll(cx) {
            return Poll::Ready(settled.map_err(Stop::Thrown));
        }
        let (scope, sent) = (exchange.scope, exchange.sent);
        Pin::new(&mut exchange.timer).poll(cx).map(|()| Err(Stop::TimedOut { scope, sent }))
    }
}
