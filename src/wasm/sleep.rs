//! A wait, as long as asked and never shorter.

use crate::time::Millis;
use alloc::rc::Rc;
use core::cell::{Cell, RefCell};
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use gloo_timers::callback::Timeout;

/// What a timer holds: more wraps around and fires at once.
const LONGEST: Millis = 2_147_483_647.0;

/// A future that is ready after a time. Dropped, it leaves no timer.
pub struct Sleep {
    rest: Millis,
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
        // Timers hold whole milliseconds, and Node's may fire one early.
        let rest = if duration > 0.0 { duration + 2.0 } else { 0.0 };
        Self { rest, timer: None, shared: Rc::default() }
    }

    fn start(&mut self) {
        let part = self.rest.min(LONGEST);
        self.rest -= part;
        let shared = Rc::clone(&self.shared);
        self.timer = Some(Timeout::new(part as u32, move || {
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
            if self.rest < 1.0 {
                return Poll::Ready(());
            }
            self.start();
        }
        self.shared.waker.replace(Some(cx.waker().clone()));
        Poll::Pending
    }
}
