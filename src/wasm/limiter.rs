//! The limiter of a client: the calls that wait for it, and one timer for all of them.

use super::events::EventSink;
use super::platform::monotonic;
use super::timer::{MAX_TIMER, race, sleep};
use crate::api_key::KeyId;
use crate::http::rate_limit::Quota;
use crate::http::response::Unavailable;
use crate::limiter::{Admission, Handle, Limiter, Request, RequestOutcome};
use crate::time::{Duration, Instant, Now};
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::pin::pin;
use gloo_timers::callback::Timeout;
use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// The result of waiting for the limiter.
#[derive(Clone, Copy)]
pub enum WaitResult {
    /// The call may send its request.
    Granted,
    /// The call's deadline has passed.
    Expired,
    /// The call would have to wait until that instant, which exceeds its limit.
    RateLimited { until: Instant },
    /// The server is down, as another call's request has shown.
    Unavailable(Unavailable),
}

/// The result of a request that is shared with other calls.
pub struct Completion {
    pub outcome: RequestOutcome,
    /// Shared with every call.
    pub unavailable: Option<Unavailable>,
    /// Shared with the calls of the same key.
    pub quota: Option<Quota>,
    pub key: KeyId,
}

/// A waiting call. The limiter knows it by this object, and gives it back with the call's admission.
#[derive(Default)]
pub struct Waiter {
    admission: Cell<Option<WaitResult>>,
    /// Resolves the promise that the call awaits. The call itself has created it: if a runtime isolates requests, the
    /// callback of a promise runs in the request that created the promise, regardless of which request resolves it.
    notify: RefCell<Option<Function>>,
}

/// A call's permit from the limiter, from its arrival until its request has ended. Dropping it releases it.
pub struct Permit {
    limiter: Rc<SharedLimiter>,
    handle: Handle,
    waiter: Rc<Waiter>,
}

impl Drop for Permit {
    fn drop(&mut self) {
        // A promise that stays pending would keep its callbacks in memory.
        self.waiter.notify_call();
        self.limiter.core.borrow_mut().cancel(self.handle);
        self.limiter.advance(None, monotonic());
    }
}

impl Waiter {
    fn admit(&self, admission: WaitResult) {
        self.admission.set(Some(admission));
        self.notify_call();
    }

    fn notify_call(&self) {
        let notify = self.notify.take();
        if let Some(notify) = notify {
            let _ = notify.call0(&JsValue::UNDEFINED);
        }
    }
}

/// The limiter of one client.
pub struct SharedLimiter {
    core: RefCell<Limiter<Rc<Waiter>>>,
    timer: RefCell<Option<Timeout>>,
    timer_at: Cell<Option<Instant>>,
    /// The latest failure of the server.
    unavailable: Cell<Option<Unavailable>>,
    /// The documented error code of the latest 429 that had one.
    pub rate_limit_code: Cell<Option<&'static str>>,
    /// Number of responses since the last one that reported a quota.
    without_quota: Cell<u32>,
    events: EventSink,
    /// How often a waiting call polls the limiter, in runtimes that isolate requests: the request that would notify it
    /// may be gone together with its timers, and the runtime treats a request without a timer as hung.
    poll_interval: Option<Duration>,
}

/// A server reports its quota in every response or in none, but may start to. After this number of responses without a
/// quota …
const QUOTA_PROBES: u32 = 8;
/// … the client reads the quota headers of one response in this many.
const QUOTA_PROBE_INTERVAL: u32 = 64;

/// By how much a timer may be late in a hidden tab.
const MAX_TIMER_DELAY: Duration = Duration::from_millis(60_000.0);

impl SharedLimiter {
    /// Shares a limiter.
    pub fn new(limiter: Limiter<Rc<Waiter>>, events: EventSink, poll_interval: Option<Duration>) -> Self {
        Self {
            core: RefCell::new(limiter),
            timer: RefCell::default(),
            timer_at: Cell::default(),
            unavailable: Cell::default(),
            rate_limit_code: Cell::default(),
            without_quota: Cell::default(),
            events,
            poll_interval,
        }
    }

    /// How late the timer of an attempt may fire: up to a minute in a hidden tab, not at all in runtimes that isolate
    /// requests.
    pub fn hidden_tab_delay(&self) -> Duration {
        if self.poll_interval.is_some() { Duration::ZERO } else { MAX_TIMER_DELAY }
    }

    /// Why the server is considered down, as long as it is.
    pub fn unavailable(&self) -> Option<Unavailable> {
        self.unavailable.get().filter(|_| self.core.borrow().is_open())
    }

    /// Whether to read the quota headers of the next response.
    pub fn expects_quota(&self) -> bool {
        let without = self.without_quota.get();
        self.without_quota.set(without.wrapping_add(1));
        without < QUOTA_PROBES || without.is_multiple_of(QUOTA_PROBE_INTERVAL)
    }

    /// Waits until a call may send its request. Creates the permit if there is none yet, and removes it if the call may
    /// not send at all.
    pub async fn admitted(self: &Rc<Self>, permit: &mut Option<Permit>, request: Request) -> WaitResult {
        let mut admission = match permit {
            Some(_) => None,
            None => self.enqueue(permit, request),
        };
        loop {
            let Some(own) = permit else {
                return WaitResult::Expired;
            };
            if let Some(admission) = admission.or_else(|| own.waiter.admission.take()) {
                if matches!(admission, WaitResult::Expired | WaitResult::RateLimited { .. }) {
                    *permit = None;
                }
                return admission;
            }
            let waiter = Rc::clone(&own.waiter);
            let promise = Promise::new(&mut |resolve, _| {
                waiter.notify.replace(Some(resolve));
            });
            let notified = async { JsFuture::from(promise).await.map_or_else(drop, drop) };
            match self.poll_interval {
                None => notified.await,
                Some(interval) => {
                    race(
                        pin!(notified),
                        pin!(async {
                            sleep(interval).await;
                        }),
                    )
                    .await
                }
            }
            // If the callback is still there, the call was not notified.
            let was_notified = own.waiter.notify.take().is_none();
            admission = if was_notified { None } else { self.advance(Some(own.handle), monotonic()) };
        }
    }

    fn enqueue(self: &Rc<Self>, permit: &mut Option<Permit>, request: Request) -> Option<WaitResult> {
        let now = monotonic();
        let waiter = Rc::<Waiter>::default();
        let handle = self.core.borrow_mut().enqueue(request, Rc::clone(&waiter), now);
        *permit = Some(Permit { limiter: Rc::clone(self), handle, waiter });
        self.advance(Some(handle), now)
    }

    /// Postpones a call that keeps its permit: it does not send before that instant.
    pub fn postpone(self: &Rc<Self>, permit: &Permit, not_before: Instant) {
        self.core.borrow_mut().postpone(permit.handle, not_before);
        self.advance(None, monotonic());
    }

    /// Records that the request of a call has ended. If it was a failed probe, an attempt of each waiting call has
    /// failed.
    pub fn complete(self: &Rc<Self>, permit: Permit, completion: Completion, now: Now, random: f64) {
        let completed = self.core.borrow_mut().complete(permit.handle, completion.outcome, now.monotonic, random);
        if let Some(quota) = completion.quota {
            self.without_quota.set(0);
            self.core.borrow_mut().quota(completion.key, &quota, now.monotonic);
        }
        if let Some(unavailable) = completion.unavailable {
            self.unavailable.set(Some(unavailable));
            if completed.failed_probe {
                let core = self.core.borrow();
                let waiting: Vec<_> =
                    core.waiting(now.monotonic).into_iter().map(|(_, waiter)| Rc::clone(waiter)).collect();
                drop(core);
                for waiter in waiting {
                    waiter.admit(WaitResult::Unavailable(unavailable));
                }
            }
        }
        drop(permit);
    }

    /// Admits every call that may send, emits state changes, and sets the timer for the next check. Returns the
    /// admission of `own` instead of notifying it.
    fn advance(self: &Rc<Self>, own: Option<Handle>, now: Instant) -> Option<WaitResult> {
        let mut own_admission = None;
        loop {
            let next = self.core.borrow_mut().next(now);
            let Some((handle, waiter, admission)) = next else {
                break;
            };
            let admission = match admission {
                Admission::Granted => WaitResult::Granted,
                Admission::Expired => WaitResult::Expired,
                Admission::RateLimited { retry_at } => WaitResult::RateLimited { until: retry_at },
            };
            if own == Some(handle) {
                own_admission = Some(admission);
            } else {
                waiter.admit(admission);
            }
        }
        self.set_timer(now);
        // An event handler may make calls: nothing may be borrowed while it runs.
        let events = self.core.borrow_mut().take_events();
        for event in events {
            self.events.limiter(event);
        }
        own_admission
    }

    fn set_timer(self: &Rc<Self>, now: Instant) {
        let at = self.core.borrow().next_wakeup(now);
        if at == self.timer_at.get() {
            return;
        }
        self.timer_at.set(at);
        let timer = at.map(|at| {
            // Rounded up to a whole millisecond, so as not to be too early; a timer that is too early finds no call to
            // admit, and is set again.
            let wait = (at - now).clamp(Duration::ZERO, MAX_TIMER).as_millis() as u32;
            let limiter = Rc::clone(self);
            Timeout::new(wait.saturating_add(1), move || {
                limiter.timer_at.set(None);
                limiter.advance(None, monotonic());
            })
        });
        self.timer.replace(timer);
    }
}
