//! Methods composed of calls: the operations of the table, and `wait`, `all`, `edit`, `retryOnConflict` and batches.

mod batches;
mod conflict;
mod pages;
mod wait;

use super::arguments::{read_batches, read_call};
use super::call::{CallRequest, run_call};
use super::error::{CallSite, Rejected, current_call_site};
use super::page::Answer;
use super::state::{ClientState, after_free};
use super::task::promise_of;
use super::timer::BoxedFuture;
use crate::error::{Error, Kind};
use crate::http::method::{fill_path, parameter};
use crate::operations::{Input, Operation, Output};
use crate::redact::Redactor;
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use batches::send_batches;
use js_sys::Promise;
use wasm_bindgen::prelude::*;

pub use conflict::{edit, retry_on_conflict};
pub use pages::{all, next_page};
pub use wait::wait;

#[wasm_bindgen(module = "/src/wasm/js/values.js")]
extern "C" {
    /// An own member of a value: inherited ones may come from a polluted prototype.
    fn own(value: &JsValue, name: &str) -> JsValue;
}

/// The arguments of a namespace method.
pub struct Arguments {
    /// The path parameter.
    pub id: JsValue,
    /// Query, body or function.
    pub given: JsValue,
    pub options: JsValue,
}

/// A method call: the operation and its path, the client and the call site.
struct Invocation {
    client: Rc<ClientState>,
    operation: &'static Operation,
    path: String,
    call_site: CallSite,
}

impl Invocation {
    fn begin(
        client: &Rc<ClientState>,
        operation: &'static Operation,
        id: &JsValue,
        call_site: CallSite,
    ) -> Result<Self, Promise> {
        match path_of(operation, id) {
            Ok(path) => Ok(Self { client: Rc::clone(client), operation, path, call_site }),
            Err(refused) => Err(client.rejection(refused, &call_site)),
        }
    }

    /// The same invocation for another operation of the namespace with the same path.
    fn of(&self, operation: &'static Operation) -> Self {
        Self { client: Rc::clone(&self.client), operation, path: self.path.clone(), call_site: self.call_site.clone() }
    }

    fn rejection(&self, invalid: JsValue) -> Promise {
        self.client.rejection(Rejected(invalid), &self.call_site)
    }

    fn invalid(&self, invalid: JsValue) -> JsValue {
        Rejected(invalid).into_thrown(&self.redactor(), &self.call_site)
    }

    /// The call that these arguments describe.
    fn request(&self, given: &JsValue, options: &JsValue) -> Result<CallRequest, JsValue> {
        let Operation { method, input, output, has_idempotency_key, .. } = *self.operation;
        let input = match input {
            Input::None => "",
            Input::Query => "query",
            Input::Body => "body",
            Input::Order => "order",
            Input::List(name) => name,
        };
        let arguments = read_call(&self.call_site, method.name(), &self.path, input, given, options)?;
        let answer = match output {
            Output::Data => Answer::Data,
            Output::Page(older) => Answer::Page { older, limit: arguments.limit(), offset: arguments.offset() },
        };
        let mut request = arguments.into_request(&self.client, method, answer, self.call_site.clone());
        if has_idempotency_key {
            request.ensure_idempotency_key();
        }
        Ok(request)
    }

    /// Makes one of the method's calls; fails after the client was freed.
    async fn run(&self, request: CallRequest) -> Result<JsValue, JsValue> {
        if self.client.is_freed.get() {
            return Err(after_free(&self.call_site));
        }
        let call: BoxedFuture<'_, _> = Box::pin(run_call(Rc::clone(&self.client), request));
        call.await
    }

    fn redactor(&self) -> Redactor {
        self.client.used_keys.redactor(None)
    }

    /// An error about the request for which the core has no attempt.
    fn error(&self, kind: Kind, description: &str) -> Box<Error> {
        let path = self.redactor().redacted(&self.path);
        Error::new(kind, self.operation.method.name(), &path, description)
    }
}

fn path_of(operation: &Operation, id: &JsValue) -> Result<String, Rejected> {
    let Some(name) = parameter(operation.path) else {
        return Ok(operation.path.into());
    };
    let id = id.as_string().ok_or_else(|| Rejected::value(name, id, "a string that is not empty"))?;
    Ok(fill_path(operation.path, &id)?)
}

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
