//! The gate, driven with real calls against servers of every kind, on a made-up clock.

#[path = "../common/mod.rs"]
mod common;
mod server;
mod world;

use server::{Hint, Limit, Server};
use world::{Outcomes, Play, run};

const BUCKET: Limit = Limit::Bucket { rate: 50.0, burst: 10.0 };

fn seeds(play: Play) -> Vec<Outcomes> {
    (1..=20).map(|seed| run(Play { seed, ..play.clone() })).collect()
}

fn show(name: &str, play: Play) {
    let ideal = play.server.ideal(play.calls as f64 * 1.0);
    let all = seeds(play);
    let mean = |f: &dyn Fn(&Outcomes) -> f64| all.iter().map(f).sum::<f64>() / all.len() as f64;
    let most = |f: &dyn Fn(&Outcomes) -> f64| all.iter().map(f).fold(0.0, f64::max);
    let per = |o: &Outcomes| f64::from(o.requests) / f64::from(o.served.max(1));
    let time = |o: &Outcomes| o.last_success / ideal;
    println!(
        "{name:40} failed {:5.1} req/succ {:.3} (max {:.3}) time x {:.3} (max {:.3}) early {} out {} pauses {:.1}",
        mean(&|o| f64::from(o.failed)),
        mean(&per),
        most(&per),
        mean(&time),
        most(&time),
        mean(&|o| f64::from(o.early)),
        most(&|o| f64::from(o.most_out)),
        mean(&|o| o.events.iter().filter(|e| matches!(e.1, openprospect::gate::Event::Throttled { .. })).count() as f64),
    );
}

#[test]
fn storms() {
    let play = Play::new(300, Server::new(BUCKET, Hint::Always(1e3)));
    if let Ok(trip) = std::env::var("TRACE") {
        let o = run(Play { trip: trip.parse().unwrap(), ..play.clone() });
        for (t, e) in &o.events {
            println!("{t:8.1} {e:?}");
        }
    }
    for trip in [1.0, 5.0, 20.0, 100.0, 1000.0] {
        for (name, hint) in [("RA 1", Hint::Always(1e3)), ("RA .5", Hint::Always(500.0)), ("none", Hint::None)] {
            show(
                &format!("bucket 50/s b10 {name} trip {trip}"),
                Play { trip, server: Server::new(BUCKET, hint), ..play.clone() },
            );
        }
    }
    for burst in [1.0, 5.0, 20.0, 50.0, 100.0] {
        let server = Server::new(Limit::Bucket { rate: 50.0, burst }, Hint::Always(1e3));
        show(&format!("bucket 50/s b{burst} RA 1"), Play { server, ..play.clone() });
    }
    for (calls, limit) in [(60, 10), (300, 10), (300, 50), (1000, 100)] {
        for (name, hint) in [("RA 1", Hint::Always(1e3)), ("exact", Hint::Exact), ("none", Hint::None)] {
            for (kind, lim) in
                [("fixed", Limit::Fixed { limit, window: 1e3 }), ("sliding", Limit::Sliding { limit, window: 1e3 })]
            {
                let mut play = Play::new(calls, Server::new(lim, hint));
                if calls == 60 {
                    play.limits.retry = openprospect::retry::RetryPolicy::default();
                }
                show(&format!("{kind} {limit}/s {calls} calls {name}"), play);
            }
        }
    }
}
