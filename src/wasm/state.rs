//! State shared by all calls of one client.

use super::credentials::{Credentials, UsedKeys};
use super::error::{CallSite, Rejected};
use super::events::EventSink;
use super::limiter::SharedLimiter;
use super::timer::{Notification, race, sleep};
use crate::base_url::{BaseUrl, InvalidArgument};
use crate::call::Limits;
use crate::failure_alert::Alerts;
use crate::redact::Redactor;
use crate::time::Duration;
use alloc::rc::{Rc, Weak};
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::pin::pin;
use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;

/// State shared by all calls of one client.
pub struct ClientState {
    pub base: BaseUrl,
    pub credentials: Credentials,
    pub used_keys: UsedKeys,
    pub limits: Limits,
    /// The maximum wait that a server may ask of `wait`.
    pub max_poll_wait: Duration,
    /// The headers of every request, as a JavaScript object.
    pub base_headers: JsValue,
    /// The caller's own `fetch`.
    pub fetch: Option<Function>,
    pub events: EventSink,
    pub alerts: RefCell<Alerts>,
    pub limiter: Rc<SharedLimiter>,
    pub lifetime: Lifetime,
}

/// Whether a client was freed. Its calls in flight then continue, but begin no further ones.
#[derive(Default)]
pub struct Lifetime {
    is_over: Cell<bool>,
    pauses: RefCell<Vec<Weak<Notification>>>,
}

impl Lifetime {
    pub fn is_over(&self) -> bool {
        self.is_over.get()
    }

    pub fn end(&self) {
        self.is_over.set(true);
        let pauses = self.pauses.take();
        for pause in pauses.iter().filter_map(Weak::upgrade) {
            pause.send();
        }
    }

    /// Waits for a time, or until the client is freed.
    pub async fn pause(&self, duration: Duration) {
        let ended = Rc::new(Notification::default());
        self.add(&ended);
        let slept = async {
            sleep(duration).await;
        };
        race(pin!(slept), pin!(ended.received())).await;
    }

    fn add(&self, pause: &Rc<Notification>) {
        let mut pauses = self.pauses.borrow_mut();
        pauses.retain(|pause| pause.strong_count() > 0);
        pauses.push(Rc::downgrade(pause));
    }
}

/// The error of a call after `free()`.
pub fn after_free(call_site: &CallSite) -> JsValue {
    let expected = "a client that is not freed: make another one with new OpenProspect()";
    Rejected::from(InvalidArgument::new("client", "a client after free()", expected))
        .into_thrown(&Redactor::default(), call_site)
}

impl ClientState {
    /// The rejected promise of a call whose arguments are invalid: the client knows the keys that its error must not
    /// contain.
    pub fn rejection(&self, rejected: Rejected, call_site: &CallSite) -> Promise {
        Promise::reject(&rejected.into_thrown(&self.used_keys.redactor(None), call_site))
    }
}
