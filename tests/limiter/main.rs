//! The rules of the limiter, each by its name, on a made-up clock.

mod alone;
mod chaos;
mod desk;
mod keys;
mod limits;
mod outage;
mod queue;
