//! All that touches JavaScript: it does what the core decides, with `fetch`, timers and JavaScript objects.

mod abort;
mod answer;
mod arguments;
mod call;
mod client;
mod compose;
mod convert;
mod credentials;
mod events;
mod fetch;
mod limiter;
mod namespaces;
mod platform;
mod settings;
mod state;
mod task;
mod thrown;
mod timer;

pub use client::OpenProspect;

/// A fraction of the standard allocator's size, and faster.
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
