//! All that touches JavaScript: it does what the core decides, with `fetch`, timers and JavaScript objects.

mod abort;
mod client;
mod convert;
mod credentials;
mod drive;
mod events;
mod fetch;
mod options;
mod platform;
mod resources;
mod sleep;
mod thrown;

pub use client::OpenProspect;
