//! A wait, as long as asked and never shorter.

use super::platform::now;
use crate::time::Millis;
use alloc::rc::Rc;
use core::cell::{Cell, RefCell};
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use gloo_timers::callback::Timeout;

/// What a timer holds: more wraps around and fires at once.
const LONGEST: Millis = 2_147_483_647.0;

/// A future that is ready after a time, by the clock: timers hold whole milliseconds, and Node's fire up to two early.
/// Dropped, it leaves no timer.
pub struct Sleep {
    duration: Millis,
    until: Option<Millis>,
    timer: Option<Timeout>,
    shared: Rc<Shared>,
}

#[derive(Default)]
struct Shared {
    fired: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Sleep {
    /// Waits that long from the first poll on.
    pub fn new(duration: Millis) -> Self {
        Self { duration, until: None, timer: None, shared: Rc::default() }
    }

    fn start(&mut self, rest: Millis) {
        let part = (rest + 1.0).min(LONGEST) as u32;
        let shared = Rc::clone(&self.shared);
        self.timer = Some(Timeout::new(part, move || {
            shared.fired.set(true);
            if let Some(waker) = shared.waker.take() {
                waker.wake();
            }
        }));
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.shared.fired.take() {
            self.timer = None;
        }
        if self.timer.is_none() {
            let now = now().monotonic;
            let until = self.until.unwrap_or(now + self.duration);
            self.until = Some(until);
            if now >= until {
                return Poll::Ready(());
            }
            self.start(until - now);
        }
        self.shared.waker.replace(Some(cx.waker().clone()));
        Poll::Pending
    }
}
