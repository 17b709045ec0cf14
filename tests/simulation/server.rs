//! Servers that rate limit, fail and recover, as far as a client can distinguish them.

use std::collections::VecDeque;

/// The kind of a rate limit. Times are in milliseconds.
#[derive(Clone, Debug)]
pub enum Limit {
    None,
    /// A token bucket: a rate per second, and a burst after an idle time.
    Bucket {
        rate: f64,
        burst: f64,
    },
    /// A fixed window: a number of requests in each window.
    Fixed {
        limit: u32,
        window: f64,
    },
    /// A sliding window: a number of requests in any interval of the window's length.
    Sliding {
        limit: u32,
        window: f64,
    },
    /// Rejects every nth request, at any rate, as several servers behind one address do that each have a limit.
    Every {
        nth: u32,
    },
    /// A concurrency limit, with the duration of a request.
    Concurrent {
        limit: u32,
        takes: f64,
    },
}

/// The `Retry-After` of a 429.
#[derive(Clone, Copy, Debug)]
pub enum Hint {
    None,
    /// A constant delay in milliseconds.
    Always(f64),
    /// The time until a request would succeed, rounded up to a second.
    Exact,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reply {
    Served,
    /// 429, with its `Retry-After` in milliseconds.
    Rejected(Option<f64>),
    /// A status of 5xx.
    Down(u16),
}

#[derive(Clone, Debug)]
pub struct Server {
    limit: Limit,
    hint: Hint,
    /// Responds with this status from one time to another.
    down: Option<(u16, f64, f64)>,
    level: f64,
    last: f64,
    log: VecDeque<f64>,
    tells: bool,
    pub requests: u32,
    pub refused: u32,
    pub while_down: u32,
}

impl Server {
    pub fn new(limit: Limit, hint: Hint) -> Self {
        let level = if let Limit::Bucket { burst, .. } = limit { burst } else { 0.0 };
        let log = VecDeque::new();
        Self { limit, hint, down: None, level, last: 0.0, log, tells: false, requests: 0, refused: 0, while_down: 0 }
    }

    pub fn down(self, status: u16, from: f64, until: f64) -> Self {
        Self { down: Some((status, from, until)), ..self }
    }

    /// Sends the remaining quota in headers.
    pub fn with_quota_headers(self) -> Self {
        Self { tells: true, ..self }
    }

    /// The remaining requests, and the milliseconds until the reset.
    pub fn quota(&self, now: f64) -> Option<(f64, f64)> {
        match self.limit {
            Limit::Fixed { limit, window } if self.tells => {
                Some((f64::from(limit) - self.level, self.last + window - now))
            }
            Limit::Bucket { rate, .. } if self.tells => {
                Some((self.level.floor(), (self.level.floor() + 1.0 - self.level) * 1e3 / rate))
            }
            _ => None,
        }
    }

    pub fn take(&mut self, now: f64) -> Reply {
        self.requests += 1;
        if let Some((status, from, until)) = self.down
            && (from..until).contains(&now)
        {
            self.while_down += 1;
            return Reply::Down(status);
        }
        let wait = self.wait(now);
        if wait <= 0.0 {
            return Reply::Served;
        }
        self.refused += 1;
        Reply::Rejected(match self.hint {
            Hint::None => None,
            Hint::Always(advised) => Some(advised),
            Hint::Exact => Some((wait / 1e3).ceil() * 1e3),
        })
    }

    /// Accepts a request, or returns the milliseconds until it would.
    fn wait(&mut self, now: f64) -> f64 {
        match self.limit {
            Limit::None => 0.0,
            Limit::Every { nth } => f64::from(u8::from(self.requests.is_multiple_of(nth))),
            Limit::Bucket { rate, burst } => {
                self.level = (self.level + (now - self.last) * rate / 1e3).min(burst);
                self.last = now;
                if self.level < 1.0 {
                    return (1.0 - self.level) * 1e3 / rate;
                }
                self.level -= 1.0;
                0.0
            }
            Limit::Fixed { limit, window } => {
                // A window does not start with the first request.
                let began = ((now + 0.37 * window) / window).floor() * window - 0.37 * window;
                if began != self.last {
                    self.last = began;
                    self.level = 0.0;
                }
                if self.level >= f64::from(limit) {
                    return began + window - now;
                }
                self.level += 1.0;
                0.0
            }
            Limit::Sliding { limit, window } => self.logged(limit, window, now),
            Limit::Concurrent { limit, takes } => self.logged(limit, takes, now),
        }
    }

    fn logged(&mut self, limit: u32, window: f64, now: f64) -> f64 {
        while self.log.front().is_some_and(|&first| first + window <= now) {
            self.log.pop_front();
        }
        if self.log.len() >= limit as usize {
            return self.log[0] + window - now;
        }
        self.log.push_back(now);
        0.0
    }

    /// The duration of a request without its round trip.
    pub fn takes(&self) -> f64 {
        if let Limit::Concurrent { takes, .. } = self.limit { takes } else { 0.0 }
    }

    /// The shortest time in which a number of calls can succeed.
    pub fn ideal(&self, calls: f64) -> f64 {
        match self.limit {
            Limit::None | Limit::Every { .. } => 0.0,
            Limit::Bucket { rate, burst } => (calls - burst).max(0.0) * 1e3 / rate,
            Limit::Fixed { limit, window } => ((calls / f64::from(limit)).ceil() - 1.37).max(0.0) * window,
            Limit::Sliding { limit, window } => ((calls / f64::from(limit)).ceil() - 1.0) * window,
            Limit::Concurrent { limit, takes } => (calls / f64::from(limit)).ceil() * takes,
        }
    }
}
