//! The rules of the limiter, on a fake clock.

mod alone;
mod batch;
mod chaos;
mod fixture;
mod keys;
mod limits;
mod outage;
mod polls;
mod queue;
mod quotas;
