//! All that touches JavaScript: it does what the core decides, with `fetch`, timers and JavaScript objects.

mod abort;
mod arguments;
mod call;
mod client;
mod compose;
mod convert;
mod credentials;
mod error;
mod events;
mod fetch;
mod limiter;
mod namespaces;
mod options;
mod page;
mod platform;
mod state;
mod task;
mod timer;

pub use client::OpenProspect;

/// A fraction of the standard allocator's size, and faster.
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
