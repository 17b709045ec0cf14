//! The caller's abort signal.

use super::platform::member;
use super::timer::{BoxedFuture, Notification, race};
use alloc::rc::Rc;
use core::pin::pin;
use js_sys::Function;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/wasm/js/abort.js")]
extern "C" {
    #[wasm_bindgen(js_name = onAbort)]
    fn on_abort(signal: &JsValue, callback: &JsValue) -> Function;
    #[wasm_bindgen(js_name = reasonOf)]
    fn reason_of(signal: &JsValue) -> JsValue;
}

/// The signal of a call; `undefined` if it has none.
#[derive(Clone)]
pub struct Signal(pub JsValue);

impl Signal {
    /// The reason of a signal that is aborted.
    pub fn reason(&self) -> Option<JsValue> {
        let is_aborted = !self.0.is_undefined() && member(&self.0, "aborted").is_truthy();
        is_aborted.then(|| reason_of(&self.0))
    }

    /// Awaits a future. If the signal is aborted first, drops the future and returns the signal's reason as the error.
    pub async fn abortable(&self, mut future: BoxedFuture<'_, Result<JsValue, JsValue>>) -> Result<JsValue, JsValue> {
        if self.0.is_undefined() {
            return future.await;
        }
        if let Some(reason) = self.reason() {
            return Err(reason);
        }
        let notification = Rc::new(Notification::default());
        let aborted = Rc::clone(&notification);
        let callback = Closure::<dyn Fn()>::new(move || aborted.send());
        let _listener = Listener { remove: on_abort(&self.0, callback.as_ref()), _callback: callback };
        let aborted = async {
            notification.received().await;
            Err(reason_of(&self.0))
        };
        race(pin!(aborted), future.as_mut()).await
    }
}

/// Removed from the signal when it is dropped.
struct Listener {
    remove: Function,
    _callback: Closure<dyn Fn()>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.remove.call0(&JsValue::UNDEFINED);
    }
}
