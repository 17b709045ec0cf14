//! Runs a future as a JavaScript promise.
//!
//! A future is polled inside the callback of the promise or timer that it awaits. The queue of `wasm_bindgen_futures::spawn_local`
//! starts a future one microtask late, when the caller may have changed the options it passed, and lets one call continue within
//! another's request, which Cloudflare's runtime does not allow.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::task::Wake;
use core::cell::{Cell, RefCell};
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Waker};
use js_sys::Promise;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/wasm/js/in-flight.js")]
extern "C" {
    /// A promise that is also rejected when this instance of the module is discarded.
    type Deferred;
    #[wasm_bindgen(js_name = createDeferred)]
    fn create_deferred() -> Deferred;
    #[wasm_bindgen(method, getter)]
    fn promise(this: &Deferred) -> Promise;
    #[wasm_bindgen(method)]
    fn resolve(this: &Deferred, value: &JsValue);
    #[wasm_bindgen(method)]
    fn reject(this: &Deferred, reason: &JsValue);
}

/// Starts a future immediately and returns the promise of its result.
pub fn promise_of(future: impl Future<Output = Result<JsValue, JsValue>> + 'static) -> Promise {
    let deferred = create_deferred();
    let promise = deferred.promise();
    let task = Task { state: RefCell::new(Some((Box::pin(future), deferred))), is_woken: Cell::default() };
    Arc::new(task).wake();
    promise
}

type BoxedFuture = Pin<Box<dyn Future<Output = Result<JsValue, JsValue>>>>;

struct Task {
    /// `None` once the future has completed.
    state: RefCell<Option<(BoxedFuture, Deferred)>>,
    is_woken: Cell<bool>,
}

// A `Waker` must be both `Send` and `Sync`. The module has one thread.
#[allow(unsafe_code, reason = "without atomics there is no other thread to share it with")]
unsafe impl Send for Task {}
#[allow(unsafe_code, reason = "see above")]
unsafe impl Sync for Task {}

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        self.is_woken.set(true);
        // Woken while it is being polled: the loop below, further up the stack, polls it again.
        let Ok(mut state) = self.state.try_borrow_mut() else {
            return;
        };
        let waker = Waker::from(Arc::clone(&self));
        let mut context = Context::from_waker(&waker);
        while self.is_woken.take() {
            let Some((future, _)) = state.as_mut() else {
                return;
            };
            let core::task::Poll::Ready(result) = future.as_mut().poll(&mut context) else {
                continue;
            };
            // Resources that the future still holds are released before the caller receives the result.
            let Some((future, deferred)) = state.take() else {
                return;
            };
            drop(future);
            match result {
                Ok(value) => deferred.resolve(&value),
                Err(reason) => deferred.reject(&reason),
            }
        }
    }
}
