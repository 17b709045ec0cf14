//! All that touches JavaScript: it does what the core decides, with `fetch`, timers and JavaScript objects.

mod answer;
mod client;
mod convert;
mod credentials;
mod drive;
mod events;
mod fetch;
mod platform;
mod resources;
mod running;
mod settings;
mod thrown;
mod turns;

pub use client::OpenProspect;

/// A fraction of the standard allocator's size, and faster.
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
