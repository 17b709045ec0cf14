//! The caller's wish to stop.

use alloc::rc::Rc;
use core::cell::RefCell;
use core::task::{Context, Poll, Waker};
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

/// The caller's signal, listened to for as long as this lives.
pub struct CallerSignal {
    signal: AbortSignal,
    listener: Closure<dyn FnMut()>,
    waker: Rc<RefCell<Option<Waker>>>,
}

impl CallerSignal {
    /// Begins to listen.
    pub fn listen(signal: AbortSignal) -> Self {
        let waker: Rc<RefCell<Option<Waker>>> = Rc::default();
        let shared = Rc::clone(&waker);
        let listener = Closure::new(move || {
            if let Some(waker) = shared.borrow_mut().take() {
                waker.wake();
            }
        });
        let _ = signal.add_event_listener_with_callback("abort", listener.as_ref().unchecked_ref());
        Self { signal, listener, waker }
    }

    /// Has the caller stopped it?
    pub fn is_aborted(&self) -> bool {
        self.signal.aborted()
    }

    /// Why.
    pub fn reason(&self) -> JsValue {
        self.signal.reason()
    }

    /// Ready with the signal's reason once it is aborted.
    pub fn poll(&self, cx: &mut Context<'_>) -> Poll<JsValue> {
        if self.is_aborted() {
            return Poll::Ready(self.reason());
        }
        self.waker.replace(Some(cx.waker().clone()));
        Poll::Pending
    }
}

impl Drop for CallerSignal {
    fn drop(&mut self) {
        let listener = self.listener.as_ref().unchecked_ref();
        let _ = self.signal.remove_event_listener_with_callback("abort", listener);
    }
}
