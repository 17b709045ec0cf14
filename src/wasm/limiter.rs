//! The limiter of a client: the calls that wait for it, and one timer for all of them.

use super::events::EventSink;
use super::platform::monotonic;
use super::timer::{race, sleep};
use crate::api_key::KeyId;
use crate::http::rate_limit::Quota;
use crate::http::response::Unavailable;
use crate::limiter::{Admission, Handle, Limiter, Request, RequestOutcome};
use crate::retry::RetryPolicy;
use crate::time::{Millis, Now};
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::pin::pin;
use gloo_timers::callback::Timeout;
use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// What a call that waited does next.
#[derive(Clone, Copy)]
pub enum WaitResult {
    /// It sends its request.
    Granted,
    /// Its deadline has passed.
    Expired,
    /// It would have to wait until that instant, which is longer than it may.
    RateLimited { until: Millis },
    /// The server is down, as the request of another call has shown.
    Unavailable(Unavailable),
}

/// The end of a request, as far as other calls are concerned.
pub struct Completion {
    pub outcome: RequestOutcome,
    /// Shared with every call.
    pub unavailable: Option<Unavailable>,
    /// Shared with the calls of the same key.
    pub quota: Option<Quota>,
    pub key: KeyId,
}

/// A call that waits. It has an object of its own, since the number of its handle may be another call's before it has gone on.
#[derive(Default)]
struct Waiter {
    admission: Cell<Option<WaitResult>>,
    /// Resolves the promise that the call awaits, which the call itself has created: where a runtime keeps requests apart, the
    /// callback of a promise runs in the request that created the promise, whichever request resolves it.
    notify: RefCell<Option<Function>>,
}

/// A call's place in the limiter, from its arrival until its request has ended. Dropped, the place is given up.
pub struct Permit {
    limiter: Rc<SharedLimiter>,
    handle: Handle,
    waiter: Rc<Waiter>,
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.limiter.remove_waiter(self);
        // A promise that stays pending would keep its callbacks in memory.
        self.waiter.notify_call();
        self.limiter.core.borrow_mut().cancel(self.handle);
        self.limiter.advance(None, monotonic());
    }
}

impl Waiter {
    fn notify_call(&self) {
        let notify = self.notify.take();
        if let Some(notify) = notify {
            let _ = notify.call0(&JsValue::UNDEFINED);
        }
    }
}

/// The limiter of one client.
pub struct SharedLimiter {
    core: RefCell<Limiter>,
    /// By the key and the place of their handle.
    waiters: RefCell<Vec<Vec<Option<Rc<Waiter>>>>>,
    timer: RefCell<Option<Timeout>>,
    timer_at: Cell<Option<Millis>>,
    /// The latest failure of the server.
    unavailable: Cell<Option<Unavailable>>,
    /// Responses since one reported a quota.
    without_quota: Cell<u32>,
    events: EventSink,
    /// How often a waiting call looks for itself, in runtimes that keep requests apart: the one that would notify it may be gone
    /// with its timers, and a request without a timer is taken to hang.
    poll_interval: Option<Millis>,
}

/// A server that reports its quota does so in every response, or in none; it may begin to. After so many responses without a
/// quota …
const QUOTA_PROBES: u32 = 8;
/// … only every so-manieth is searched for one.
const QUOTA_PROBE_INTERVAL: u32 = 64;

/// The max_duration time that a platform's timer holds.
const MAX_TIMER: Millis = 2_147_483_646.0;

impl SharedLimiter {
    /// A limiter with this policy.
    pub fn new(policy: RetryPolicy, events: EventSink, poll_interval: Option<Millis>) -> Self {
        Self {
            core: RefCell::new(Limiter::new(policy)),
            waiters: RefCell::default(),
            timer: RefCell::default(),
            timer_at: Cell::default(),
            unavailable: Cell::default(),
            without_quota: Cell::default(),
            events,
            poll_interval,
        }
    }

    /// How late the timer of an attempt may be: a minute in a hidden tab, not at all in runtimes that keep requests apart.
    pub fn hidden_tab_delay(&self) -> Millis {
        if self.poll_interval.is_some() { 0.0 } else { 60_000.0 }
    }

    /// Why the server is considered down, while it is.
    pub fn unavailable(&self) -> Option<Unavailable> {
        self.unavailable.get().filter(|_| self.core.borrow().is_open())
    }

    /// Whether the next response is worth searching for a quota.
    pub fn expects_quota(&self) -> bool {
        let without = self.without_quota.get();
        self.without_quota.set(without.wrapping_add(1));
        without < QUOTA_PROBES || without.is_multiple_of(QUOTA_PROBE_INTERVAL)
    }

    /// Waits until a call may send. The permit is made when there is none yet, and is gone when the call may not send at all.
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
                match admission {
                    WaitResult::Unavailable(_) => {}
                    WaitResult::Granted => self.remove_waiter(own),
                    WaitResult::Expired | WaitResult::RateLimited { .. } => *permit = None,
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
            // Still there, it was not notified.
            let was_notified = own.waiter.notify.take().is_none();
            admission = if was_notified { None } else { self.advance(Some(own.handle), monotonic()) };
        }
    }

    fn enqueue(self: &Rc<Self>, permit: &mut Option<Permit>, request: Request) -> Option<WaitResult> {
        let now = monotonic();
        let handle = self.core.borrow_mut().enqueue(request, now);
        let own = permit.insert(Permit { limiter: Rc::clone(self), handle, waiter: Rc::default() });
        // An event handler that runs meanwhile may make calls, and so get this call admitted.
        self.add_waiter(own);
        self.advance(Some(handle), now)
    }

    /// A call that keeps its place does not want to send before that instant.
    pub fn postpone(self: &Rc<Self>, permit: &Permit, not_before: Millis) {
        self.core.borrow_mut().postpone(permit.handle, not_before);
        self.advance(None, monotonic());
    }

    /// The request of a call has ended. If it was a probe and failed, an attempt failed for each call that waits.
    pub fn complete(self: &Rc<Self>, permit: Permit, completion: Completion, now: Now, random: f64) {
        let completed = self.core.borrow_mut().complete(permit.handle, completion.outcome, now.monotonic, random);
        if let Some(quota) = completion.quota {
            self.without_quota.set(0);
            self.core.borrow_mut().quota(completion.key, quota.remaining, quota.reset_at, now.monotonic);
        }
        if let Some(unavailable) = completion.unavailable {
            self.unavailable.set(Some(unavailable));
            if completed.failed_probe {
                let waiting = self.core.borrow().waiting(now.monotonic);
                for handle in waiting {
                    self.notify(handle, WaitResult::Unavailable(unavailable));
                }
            }
        }
        drop(permit);
    }

    /// Admits every call whose turn it is, emits what changed, and sets the timer for the next look. The admission of `own` is
    /// returned instead.
    fn advance(self: &Rc<Self>, own: Option<Handle>, now: Millis) -> Option<WaitResult> {
        let mut own_admission = None;
        loop {
            let next = self.core.borrow_mut().next(now);
            let Some((handle, admission)) = next else {
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
                self.notify(handle, admission);
            }
        }
        self.set_timer(now);
        // An event handler may make calls: nothing is borrowed while it runs.
        let events = self.core.borrow_mut().take_events();
        for event in events {
            self.events.limiter(event);
        }
        own_admission
    }

    fn set_timer(self: &Rc<Self>, now: Millis) {
        let at = self.core.borrow().next_wakeup(now);
        if at == self.timer_at.get() {
            return;
        }
        self.timer_at.set(at);
        let timer = at.map(|at| {
            // A whole millisecond that is not too early; a timer that is finds no call to admit, and is set again.
            let wait = (at - now).clamp(0.0, MAX_TIMER) as u32;
            let limiter = Rc::clone(self);
            Timeout::new(wait.saturating_add(1), move || {
                limiter.timer_at.set(None);
                limiter.advance(None, monotonic());
            })
        });
        self.timer.replace(timer);
    }

    fn notify(&self, handle: Handle, admission: WaitResult) {
        let waiters = self.waiters.borrow();
        let waiter = waiters.get(handle.limiter()).and_then(|waiters| waiters.get(handle.place())).cloned().flatten();
        drop(waiters);
        if let Some(waiter) = waiter {
            waiter.admission.set(Some(admission));
            waiter.notify_call();
        }
    }

    /// Whoever had the number before has left or is notified already.
    fn add_waiter(&self, permit: &Permit) {
        let mut waiters = self.waiters.borrow_mut();
        let (key, place) = (permit.handle.limiter(), permit.handle.place());
        let count = waiters.len().max(key.saturating_add(1));
        waiters.resize_with(count, Vec::new);
        if let Some(waiters) = waiters.get_mut(key) {
            let count = waiters.len().max(place.saturating_add(1));
            waiters.resize_with(count, || None);
            if let Some(waiter) = waiters.get_mut(place) {
                *waiter = Some(Rc::clone(&permit.waiter));
            }
        }
    }

    fn remove_waiter(&self, permit: &Permit) {
        let mut waiters = self.waiters.borrow_mut();
        let waiters = waiters.get_mut(permit.handle.limiter());
        if let Some(waiter) = waiters.and_then(|waiters| waiters.get_mut(permit.handle.place())) {
            waiter.take_if(|waiter| Rc::ptr_eq(waiter, &permit.waiter));
        }
    }
}
