//! The rate at which requests may leave, learned from rate-limited responses.
//!
//! A limit is found with as few rate-limited requests as possible, since each of them costs all calls a pause. After the first one
//! the rate grows until the second. What succeeded in between shows how the server counts: as many as before in one go are a fixed
//! window, more are a bucket that refills. From then on the rate stays about the limit: it grows slowly close to it, and faster the
//! further away it is, on both sides. `tests/SIMULATION.md` shows what each constant leads to.

use super::throughput::{SECOND, Throughput};
use crate::time::{Duration, Instant};

/// The rate after the first 429, as a multiple of what succeeded in the second before, if all of it came at once: a burst says little
/// of the rate behind it. 3 takes 1.41 of the ideal time in the first row, 5 loses a quarter at a round trip of 100 ms.
const BURST_FACTOR: f64 = 4.0;
/// Seconds after which a burst includes the rate. Without it a round trip of 100 ms takes 2.3 of the ideal time instead of 1.6.
const BURST_SECONDS: f64 = 0.3;
/// The rate after the first 429 where nothing had succeeded, in requests a second.
const DEFAULT_RATE: f64 = 5.0;
/// What each success adds to the rate until the second 429, for each 429 that the queue is worth (requests a second).
const SEARCH_GAIN: f64 = 0.08;
/// Calls that are expected beside those that wait: a caller of one call at a time, or a few, has a queue too.
const ASSUMED_QUEUE: f64 = 10.0;
/// What each success adds at most, in requests a second: the rate then grows by e² a second.
const MAX_STEP: f64 = 2.0;
/// Successes between two 429s, as a multiple of the first burst, from which on the server has a bucket and not a fixed window.
const BUCKET_RATIO: f64 = 1.5;
/// The rate after a 429, as a share of what succeeded in the second before. 0.94 to 0.98 differ by less than a hundredth of the time.
const DECREASE: f64 = 0.95;
/// What each success adds at the limit, where a 429 costs a second (requests a second).
const INCREASE: f64 = 0.005;
/// How the increase grows with the square of the distance from the limit, as a share of it.
const INCREASE_CURVATURE: f64 = 10.0;
/// Two limits are the same if they differ by no more than this share.
const SAME_LIMIT: f64 = 0.15;
/// The least share of the increase, which shrinks each time that the same limit is found.
const MIN_DOUBT: f64 = 0.5;
/// The rate at most, as a multiple of that of the request whose success lets it grow: it at most doubles within a round trip.
const MAX_GROWTH: f64 = 2.0;
/// Consecutive 429s at ever lower rates that show that the 429s do not follow the rate, if their pauses are short. The simulation's
/// rows of rejections at any rate take 5 to 20 s with it instead of 36, and the others stay as they were.
const MAX_DECLINES: u32 = 4;
/// Successes between two of these 429s at least: with fewer, the server's limit has become lower.
const DECLINE_SUCCESSES: f64 = 15.0;
/// The factor by which each further 429 then raises the rate, as long as as many requests succeed in between.
const DECLINE_GROWTH: f64 = 1.5;
/// Successes between two 429s up to which a server with long pauses refills slowly, which includes the pause in its rate. 200 calls
/// with 100 an hour and 10 at once need 1.2 requests each with it instead of 2.0.
const MAX_TRICKLE: f64 = 3.0;
/// The longest of these pauses: a longer one is that of a quota per hour, which is available at once when it ends.
const MAX_TRICKLE_PAUSE: Duration = Duration::from_millis(120_000.0);
/// The lowest rate, in requests a second, unless the server refills slowly.
const MIN_RATE: f64 = 0.5;
/// Milliseconds after which a rate that held no request back is forgotten.
pub const IDLE_RESET: Duration = Duration::from_millis(30_000.0);
/// Milliseconds by which a timer may be late without slowing the rate down: a busy event loop at 50 a second saves one slot.
const TIMER_SLACK: Duration = Duration::from_millis(25.0);
/// The least cost of a 429 in milliseconds of pause, for the requests that were in flight with it …
const MIN_PAUSE_COST: Duration = Duration::from_millis(200.0);
/// … and the highest, lest a long pause stops all growth.
const MAX_PAUSE_COST: Duration = Duration::from_millis(10_000.0);

/// What is known of the server's limit.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Limit {
    /// Nothing.
    None,
    /// It was reached once, after `burst` successes.
    Met { burst: f64 },
    /// It is about `limit` per second. Each success of a request sent before the 429 raises that by `late`.
    About { limit: f64, late: f64 },
}

/// Limits the rate at which requests are sent.
#[derive(Debug)]
pub struct Pacer {
    /// In requests a second; infinite before the first 429.
    rate: f64,
    min_rate: f64,
    limit: Limit,
    /// Consecutive 429s at a lower rate than the one before, although many requests succeeded in between.
    declines: u32,
    /// How much the limit is doubted: 1, and less the more often it was found again.
    doubt: f64,
    /// The slot of the last request.
    slot: Instant,
    /// The last pause, and its end.
    pause: Duration,
    resumed: Instant,
    /// When it last delayed a request.
    held: Instant,
    /// Successes since then of requests sent since then.
    successes: f64,
    throughput: Throughput,
}

impl Pacer {
    pub fn new() -> Self {
        Self {
            rate: f64::INFINITY,
            min_rate: MIN_RATE,
            limit: Limit::None,
            declines: 0,
            doubt: 1.0,
            slot: Instant::NEVER,
            pause: Duration::ZERO,
            resumed: Instant::NEVER,
            held: Instant::NEVER,
            successes: 0.0,
            throughput: Throughput::new(),
        }
    }

    /// The rate in requests per second; infinite for no limit.
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// When the next request may be sent by calls that use this share of the rate.
    pub fn due(&self, share: f64) -> Instant {
        self.slot + SECOND / (self.rate * share)
    }

    /// Records that a request is sent by calls that use this share of the rate, while `waiting` calls wait.
    pub fn sent(&mut self, share: f64, now: Instant, waiting: usize) {
        if self.limit == Limit::None {
            return;
        }
        self.slot = self.due(share).max(now - TIMER_SLACK).min(now);
        if waiting > 0 {
            self.held = now;
        }
    }

    /// Forgets a limit that has not delayed a request for a long time. Returns true if there was one.
    pub fn forget(&mut self, now: Instant) -> bool {
        let forgets = self.limit != Limit::None && now - self.held.max(self.resumed) > IDLE_RESET;
        if forgets {
            self.rate = f64::INFINITY;
            self.min_rate = MIN_RATE;
            self.limit = Limit::None;
        }
        forgets
    }

    /// Records the success of a request that was sent before the last 429.
    pub fn succeeded_late(&mut self, now: Instant) {
        self.throughput.count(now);
        match &mut self.limit {
            Limit::None => {}
            Limit::Met { burst } => {
                self.rate *= (*burst + 1.0) / burst.max(1.0);
                *burst += 1.0;
            }
            Limit::About { limit, late } => {
                *limit += *late;
                self.rate += *late;
            }
        }
    }

    /// Records the success of a request that was sent since the last 429, at the rate `sent_at`, while `waiting` calls wait.
    pub fn succeeded(&mut self, sent_at: f64, waiting: usize, now: Instant) {
        self.throughput.count(now);
        self.successes += 1.0;
        let cost = self.pause.clamp(MIN_PAUSE_COST, MAX_PAUSE_COST) / SECOND;
        // How many 429s cost as much time as the waiting calls need at this rate.
        let worth = (waiting as f64 + ASSUMED_QUEUE) / (self.rate * cost);
        let step = match self.limit {
            Limit::None => return,
            Limit::Met { .. } => SEARCH_GAIN * worth,
            // The calls will have left before growth gains what a 429 costs.
            Limit::About { .. } if worth <= 1.0 => 0.0,
            Limit::About { limit, .. } => {
                let distance = self.rate / limit - 1.0;
                (INCREASE + INCREASE_CURVATURE * distance * distance) * self.doubt / cost
            }
        };
        self.rate = (self.rate + step.min(MAX_STEP)).min((sent_at * MAX_GROWTH).max(self.rate));
    }

    /// Records a 429 for a request that was sent after the last pause.
    pub fn rate_limited(&mut self, now: Instant) {
        let measured = self.throughput.rate(now);
        match self.limit {
            Limit::None => {
                let seconds = self.throughput.age(now) / SECOND;
                self.limit = Limit::Met { burst: measured };
                self.rate = (measured * (BURST_SECONDS / seconds).clamp(1.0, BURST_FACTOR)).max(DEFAULT_RATE);
            }
            _ if self.successes == 0.0 => self.rate /= 2.0,
            _ if self.is_trickle() => {
                let limit = self.successes / ((now - self.resumed + self.pause) / SECOND);
                self.limit = Limit::About { limit, late: 0.0 };
                (self.rate, self.min_rate) = (limit, limit.min(MIN_RATE));
            }
            Limit::Met { burst } => self.found(burst, measured, now),
            Limit::About { limit: known, .. } => {
                let limit = self.rate.min(measured);
                let is_decline = self.pause <= MIN_PAUSE_COST
                    && self.successes >= DECLINE_SUCCESSES
                    && (limit < known || self.declines >= MAX_DECLINES);
                self.declines = if is_decline { self.declines.saturating_add(1) } else { 0 };
                if self.declines >= MAX_DECLINES {
                    // Some servers reject at any rate, such as several behind one address that each have a limit.
                    self.limit = Limit::About { limit: self.rate, late: 0.0 };
                    self.rate *= DECLINE_GROWTH;
                } else {
                    let is_same = (limit - known).abs() <= known * SAME_LIMIT;
                    self.doubt = if is_same { (self.doubt / 2.0).max(MIN_DOUBT) } else { 1.0 };
                    self.limit = Limit::About { limit, late: 0.0 };
                    self.rate = limit * DECREASE;
                }
            }
        }
        self.rate = self.rate.max(self.min_rate);
        self.successes = 0.0;
        self.throughput.restart(now);
    }

    /// Whether the server accepts a few requests after each pause, and no more: a bucket that refills slowly.
    fn is_trickle(&self) -> bool {
        self.successes <= MAX_TRICKLE && self.pause >= MAX_PAUSE_COST && self.pause <= MAX_TRICKLE_PAUSE
    }

    /// The second 429, some successes after the first.
    fn found(&mut self, burst: f64, measured: f64, now: Instant) {
        let all = self.successes;
        let seconds = ((now - self.resumed) / SECOND).max(MIN_PAUSE_COST / SECOND);
        // What a bucket refills that did not overflow in the pause.
        let steady = all / (seconds + self.pause / SECOND);
        let (limit, late, back) = if all <= burst * BUCKET_RATIO {
            (steady.max(all / seconds.max(1.0)), 1.0 / seconds.max(1.0), DECREASE)
        } else {
            // What the bucket refills beside what it held. No bucket refills less, so that the rate need not decrease.
            let last = if seconds > 1.0 { measured } else { 0.0 };
            let beside = ((all - burst) / seconds).max(last - burst);
            (steady.max(beside).min(self.rate), 1.0 / seconds, 1.0)
        };
        self.doubt = 1.0;
        self.limit = Limit::About { limit, late };
        self.rate = limit * back;
    }

    /// Begins the pause after a 429; the next request is sent at its end.
    pub fn pause(&mut self, now: Instant, until: Instant) {
        self.pause = until - now;
        self.resumed = until;
        self.slot = until - SECOND / self.rate;
    }
}
