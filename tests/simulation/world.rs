//! Clients with real calls and a real limiter, a server, and a fake clock.

use crate::common::{at, ms, refused, response, since_1970};
use crate::server::{Reply, Server};
use openprospect::api_key::{KeyId, KeySource};
use openprospect::call::{Call, Decision, Limits};
use openprospect::error::{Problem, Scope};
use openprospect::http::method::Method;
use openprospect::http::rate_limit::Quota;
use openprospect::http::response::{Content, Failure, Response};
use openprospect::http::retry_after;
use openprospect::limiter::{Admission, Event, Handle, Limiter, Priority, Request, RequestOutcome};
use openprospect::retry::Backoff;
use openprospect::time::{Duration, Instant, Now};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A random number generator (splitmix64).
#[derive(Clone, Debug)]
pub struct Random(pub u64);

impl Random {
    pub fn random(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((x ^ (x >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// The parameters of a simulation.
#[derive(Clone, Debug)]
pub struct Play {
    pub calls: usize,
    pub clients: usize,
    /// The round trip.
    pub trip: f64,
    /// Calls begin evenly over this time.
    pub over: f64,
    pub limits: Limits,
    /// A failed call is repeated as a new call.
    pub again: bool,
    pub server: Server,
    pub seed: u64,
}

impl Play {
    pub fn new(calls: usize, server: Server) -> Self {
        let mut limits = Limits::default();
        limits.retry.max_retries = 8;
        limits.retry.backoff = Backoff { base: ms(100.0), max: ms(5_000.0) };
        Self { calls, clients: 1, trip: 2.0, over: 0.0, limits, again: false, server, seed: 1 }
    }
}

/// The results of a simulation.
#[derive(Clone, Debug, Default)]
pub struct Outcomes {
    pub served: u32,
    pub failed: u32,
    pub requests: u32,
    pub refused: u32,
    pub while_down: u32,
    /// When the last call succeeded, and when the last one ended.
    pub last_success: f64,
    pub ended: f64,
    /// Requests that were sent before the `Retry-After` that this client received.
    pub early: u32,
    /// The maximum number of requests in flight.
    pub most_out: u32,
    pub events: Vec<(f64, Event)>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum What {
    Begin(usize),
    Arrive(usize),
    Answer(usize, Reply, Option<(f64, f64)>),
    Wake(usize),
}

struct Live {
    client: usize,
    call: Call,
    deadline: Instant,
    handle: Option<Handle>,
}

struct Client {
    /// Knows each call by its index.
    limiter: Limiter<usize>,
    wake: f64,
    advised: f64,
    out: u32,
}

struct World {
    play: Play,
    rng: Random,
    now: f64,
    queue: BinaryHeap<Reverse<(u64, u64, usize)>>,
    whats: Vec<What>,
    calls: Vec<Live>,
    clients: Vec<Client>,
    result: Outcomes,
}

fn ok() -> Response<()> {
    response(200, Content::Data(()))
}

fn answer(reply: Reply) -> Response<()> {
    match reply {
        Reply::Served => ok(),
        Reply::Down(status) => refused(status, ""),
        Reply::Rejected(advised) => {
            let mut answer = response(429, Content::Problem { problem: Problem::default(), raw: String::new() });
            answer.retry_after = advised.map(|advised| format!("{}", advised / 1e3));
            answer
        }
    }
}

/// Runs a simulation to its end.
pub fn run(play: Play) -> Outcomes {
    let clients = (0..play.clients)
        .map(|_| Client { limiter: Limiter::new(play.limits.retry), wake: 0.0, advised: 0.0, out: 0 })
        .collect();
    let mut world = World {
        rng: Random(play.seed),
        now: 0.0,
        queue: BinaryHeap::new(),
        whats: Vec::new(),
        calls: Vec::new(),
        clients,
        result: Outcomes::default(),
        play,
    };
    world.begin();
    while let Some(Reverse((time, _, index))) = world.queue.pop() {
        world.now = f64::from_bits(time);
        world.happen(world.whats[index]);
        // After hours of simulated time a call never ends.
        assert!(world.now < 1e7, "no end: {:?}", world.play);
    }
    let World { mut result, play, .. } = world;
    (result.requests, result.refused, result.while_down) =
        (play.server.requests, play.server.refused, play.server.while_down);
    result
}

impl World {
    fn clock(&self) -> Now {
        Now { monotonic: at(self.now), wall: since_1970(1.79e12 + self.now) }
    }

    fn plan(&mut self, after: f64, what: What) {
        let number = self.whats.len();
        self.whats.push(what);
        self.queue.push(Reverse(((self.now + after).to_bits(), number as u64, number)));
    }

    fn begin(&mut self) {
        for index in 0..self.play.calls {
            let client = index % self.play.clients;
            self.calls.push(self.live(client));
            let after = self.play.over * index as f64 / self.play.calls as f64;
            self.plan(after, What::Begin(index));
        }
    }

    fn live(&self, client: usize) -> Live {
        let call = Call::begin(
            Method::Get,
            "/api/v1/orders",
            None,
            KeySource::Fixed,
            self.play.limits,
            self.clock().monotonic,
        );
        Live { client, call, deadline: at(self.now) + self.play.limits.deadline, handle: None }
    }

    fn happen(&mut self, what: What) {
        let client = match what {
            What::Begin(call) => {
                let client = self.calls[call].client;
                self.calls[call] = self.live(client);
                self.enqueue(call, false, at(self.now));
                client
            }
            What::Arrive(call) => {
                let reply = self.play.server.take(self.now);
                let takes = if reply == Reply::Served { self.play.server.takes() } else { 0.0 };
                let back = self.way() + takes;
                let quota = self.play.server.quota(self.now);
                self.plan(back, What::Answer(call, reply, quota));
                return;
            }
            What::Answer(call, reply, quota) => {
                self.answer(call, reply);
                let client = self.calls[call].client;
                if let Some((remaining, wait)) = quota {
                    self.clients[client].limiter.quota(
                        KeyId::default(),
                        &Quota { limit: None, remaining, reset_at: at(self.now + wait) },
                        at(self.now),
                    );
                }
                client
            }
            What::Wake(client) if self.clients[client].wake == self.now => client,
            What::Wake(_) => return,
        };
        self.admit(client);
    }

    /// Half a round trip, more or less.
    fn way(&mut self) -> f64 {
        self.play.trip * (0.4 + 0.2 * self.rng.random())
    }

    fn enqueue(&mut self, call: usize, is_retry: bool, not_before: Instant) {
        let live = &mut self.calls[call];
        let client = &mut self.clients[live.client];
        let handle = client.limiter.enqueue(
            Request {
                key: KeyId::default(),
                priority: Priority::Interactive,
                is_retry,
                not_before,
                deadline: live.deadline,
                max_retry_after: live.call.max_retry_after(),
                max_duration: Duration::INFINITE,
            },
            call,
            at(self.now),
        );
        live.handle = Some(handle);
    }

    /// Admits requests, as the WebAssembly layer does after each event.
    fn admit(&mut self, client: usize) {
        while let Some((handle, call, turn)) = self.clients[client].limiter.next(at(self.now)) {
            assert_eq!(self.calls[call].handle, Some(handle));
            match turn {
                Admission::Granted => {
                    let now = self.clock();
                    self.calls[call].call.begin_attempt(now.monotonic);
                    let one = &mut self.clients[client];
                    self.result.early += u32::from(self.now < one.advised);
                    one.out += 1;
                    self.result.most_out = self.result.most_out.max(one.out);
                    let way = self.way();
                    self.plan(way, What::Arrive(call));
                }
                Admission::Expired => {
                    let late = Failure::Timeout { scope: Scope::Deadline, sent: false };
                    let now = self.clock();
                    let decision = self.calls[call].call.record::<()>(&Err(late), now, 0.0);
                    assert!(matches!(decision, Decision::Finish(Err(_))), "{decision:?}");
                    self.end(call, false);
                }
                Admission::RateLimited { retry_at } => {
                    assert!(retry_at > at(self.now));
                    self.end(call, false);
                }
            }
        }
        for event in self.clients[client].limiter.take_events() {
            self.result.events.push((self.now, event));
        }
        if let Some(wake) = self.clients[client].limiter.next_wakeup(at(self.now)) {
            // Timers have millisecond resolution, and are up to two late.
            let after = (wake - at(self.now)).as_millis().ceil().max(0.0) + 2.0 * self.rng.random();
            if self.clients[client].wake <= self.now || self.clients[client].wake > self.now + after {
                self.clients[client].wake = self.now + after;
                self.plan(after, What::Wake(client));
            }
        }
    }

    fn answer(&mut self, call: usize, reply: Reply) {
        let random = self.rng.random();
        let (now, client) = (self.clock(), self.calls[call].client);
        self.clients[client].out -= 1;
        if let Reply::Rejected(Some(advised)) = reply {
            self.clients[client].advised = self.clients[client].advised.max(self.now + advised);
        }
        let decision = self.calls[call].call.record(&Ok(answer(reply)), now, random);
        // The other calls wait, whether this call is retried or not.
        let until = match reply {
            Reply::Rejected(Some(advised)) => Some(at(self.now) + retry_after::spread(ms(advised), random)),
            _ => None,
        };
        let outcome = match reply {
            Reply::Served => RequestOutcome::Served,
            Reply::Rejected(_) => RequestOutcome::Limited { until },
            Reply::Down(_) => RequestOutcome::Failed { until },
        };
        let handle = self.calls[call].handle.take().unwrap();
        let completed = self.clients[client].limiter.complete(handle, outcome, at(self.now), random);
        match decision {
            Decision::Retry { after, .. } => self.enqueue(call, true, at(self.now) + after),
            _ => self.end(call, reply == Reply::Served),
        }
        if completed.failed_probe {
            let waiting = self.clients[client].limiter.waiting(at(self.now));
            let others: Vec<_> = waiting.into_iter().map(|(handle, call)| (handle, *call)).collect();
            for (handle, call) in others {
                self.fail(call, handle, reply);
            }
        }
    }

    /// A failed probe counts as an attempt of a waiting call.
    fn fail(&mut self, call: usize, handle: Handle, reply: Reply) {
        let (now, random, client) = (self.clock(), self.rng.random(), self.calls[call].client);
        self.calls[call].call.begin_attempt(now.monotonic);
        if let Decision::Retry { after, .. } = self.calls[call].call.record(&Ok(answer(reply)), now, random) {
            self.clients[client].limiter.postpone(handle, at(self.now) + after);
        } else {
            self.clients[client].limiter.cancel(handle);
            self.end(call, false);
        }
    }

    fn end(&mut self, call: usize, is_success: bool) {
        self.calls[call].handle = None;
        self.result.ended = self.now;
        if is_success {
            self.result.served += 1;
            self.result.last_success = self.now;
        } else {
            self.result.failed += 1;
            if self.play.again {
                self.plan(0.1, What::Begin(call));
            }
        }
    }
}
