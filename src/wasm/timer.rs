//! Futures that wait for a time, for a notification, or for the first of two futures.

use super::platform::monotonic;
use crate::time::Duration;
use alloc::boxed::Box;
use alloc::rc::Rc;
use core::cell::{Cell, RefCell};
use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::{Poll, Waker};
use gloo_timers::callback::Timeout;

/// The longest time that a platform's timer supports; a longer one wraps around and fires at once.
pub const MAX_TIMER: Duration = Duration::from_millis(2_147_483_646.0);

/// A future on the stack of its caller.
pub type PinnedFuture<'a, T> = Pin<&'a mut dyn Future<Output = T>>;

/// A future on the heap. The compiler copies an awaited future into each of its callers, at several kilobytes for those
/// of a call.
pub type BoxedFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// Returns the result of the future that completes first; of the first one if both do.
pub async fn race<T>(mut first: PinnedFuture<'_, T>, mut second: PinnedFuture<'_, T>) -> T {
    poll_fn(|context| match first.as_mut().poll(context) {
        Poll::Pending => second.as_mut().poll(context),
        ready => ready,
    })
    .await
}

/// A notification that is sent once. It is kept until a task waits for it.
#[derive(Default)]
pub struct Notification {
    is_sent: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Notification {
    /// Wakes the waiting task.
    pub fn send(&self) {
        self.is_sent.set(true);
        let waker = self.waker.take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Waits until it is sent.
    pub async fn received(&self) {
        poll_fn(|context| {
            if self.is_sent.get() {
                return Poll::Ready(());
            }
            self.waker.replace(Some(context.waker().clone()));
            Poll::Pending
        })
        .await;
    }
}

/// Waits for a time, and returns by how much the timer was late.
///
/// Platform timers count whole milliseconds, and Node's fire up to two milliseconds early: the elapsed time is checked
/// against the clock.
pub async fn sleep(duration: Duration) -> Duration {
    let end = monotonic() + duration;
    let mut remaining = duration;
    loop {
        let notification = Rc::new(Notification::default());
        let fired = Rc::clone(&notification);
        // Dropped with the future, the timer is cleared.
        let _timer = Timeout::new(whole_millis(remaining), move || fired.send());
        notification.received().await;
        let now = monotonic();
        if now >= end {
            return now - end;
        }
        remaining = end - now;
    }
}

fn whole_millis(duration: Duration) -> u32 {
    let millis = duration.clamp(Duration::ZERO, MAX_TIMER).as_millis();
    let whole = millis as u32;
    whole.saturating_add(u32::from(millis > f64::from(whole)))
}
