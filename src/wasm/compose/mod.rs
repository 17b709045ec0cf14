//! Methods composed of calls: the operations of the table, and `wait`, `all`, `edit`, `retryOnConflict` and batches.

mod batches;
mod conflict;
mod invocation;
mod pages;
mod wait;

use super::arguments::read_batches;
use super::call::run_call;
use super::error::current_call_site;
use super::state::ClientState;
use super::task::promise_of;
use crate::operations::Operation;
use alloc::rc::Rc;
use batches::send_batches;
use invocation::Invocation;
use js_sys::Promise;

pub use conflict::{edit, retry_on_conflict};
pub use invocation::Arguments;
pub use pages::{all, next_page};
pub use wait::{wait, wait_all};

/// Makes the call of an operation.
pub fn invoke(client: &Rc<ClientState>, operation: &'static Operation, arguments: Arguments) -> Promise {
    let Arguments { id, given, options } = arguments;
    let invocation = match Invocation::begin(client, operation, &id, current_call_site()) {
        Ok(invocation) => invocation,
        Err(rejection) => return rejection,
    };
    if let Some(size) = invocation.operation.batch_size {
        return match read_batches(&given, &options) {
            Ok(batches) => promise_of(send_batches(invocation, size, batches)),
            Err(invalid) => invocation.rejection(invalid),
        };
    }
    match invocation.request(&given, &options) {
        Ok(request) => promise_of(run_call(Rc::clone(client), request)),
        Err(invalid) => invocation.rejection(invalid),
    }
}
