//! One call of a method, before it becomes one or more requests.

use crate::error::{Error, Kind};
use crate::http::method::{fill_path, parameter};
use crate::operations::{Input, Operation, Output};
use crate::redact::Redactor;
use crate::wasm::arguments::read_call;
use crate::wasm::call::{CallRequest, run_call};
use crate::wasm::error::{CallSite, Rejected};
use crate::wasm::page::Answer;
use crate::wasm::state::{ClientState, after_free};
use crate::wasm::timer::BoxedFuture;
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use js_sys::Promise;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/wasm/js/values.js")]
extern "C" {
    /// An own member of a value: inherited ones may come from a polluted prototype.
    pub fn own(value: &JsValue, name: &str) -> JsValue;
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
pub struct Invocation {
    pub client: Rc<ClientState>,
    pub operation: &'static Operation,
    pub path: String,
    pub call_site: CallSite,
}

impl Invocation {
    pub fn begin(
        client: &Rc<ClientState>,
        operation: &'static Operation,
        id: &JsValue,
        call_site: CallSite,
    ) -> Result<Self, Promise> {
        match path_of(operation, id) {
            Ok(path) => Ok(Self { client: Rc::clone(client), operation, path, call_site }),
            Err(rejected) => Err(client.rejection(rejected, &call_site)),
        }
    }

    /// The same invocation for another operation of the namespace with the same path.
    pub fn of(&self, operation: &'static Operation) -> Self {
        Self { client: Rc::clone(&self.client), operation, path: self.path.clone(), call_site: self.call_site.clone() }
    }

    pub fn rejection(&self, invalid: JsValue) -> Promise {
        self.client.rejection(Rejected(invalid), &self.call_site)
    }

    pub fn invalid(&self, invalid: JsValue) -> JsValue {
        Rejected(invalid).into_thrown(&self.redactor(), &self.call_site)
    }

    /// The call that these arguments describe.
    pub fn request(&self, given: &JsValue, options: &JsValue) -> Result<CallRequest, JsValue> {
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
            Output::Page(legacy_name) => {
                Answer::Page { legacy_name, limit: arguments.limit(), offset: arguments.offset() }
            }
        };
        let mut request = arguments.into_request(&self.client, method, answer, self.call_site.clone());
        if has_idempotency_key {
            request.ensure_idempotency_key();
        }
        Ok(request)
    }

    /// Makes one of the method's calls; fails after the client was freed.
    pub async fn run(&self, request: CallRequest) -> Result<JsValue, JsValue> {
        if self.client.lifetime.is_over() {
            return Err(after_free(&self.call_site));
        }
        let call: BoxedFuture<'_, _> = Box::pin(run_call(Rc::clone(&self.client), request));
        call.await
    }

    pub fn redactor(&self) -> Redactor {
        self.client.used_keys.redactor(None)
    }

    /// An error about a request to `path` for which the core has no attempt.
    pub fn error_at(&self, path: &str, kind: Kind, description: &str) -> Box<Error> {
        let path = self.redactor().redacted(path);
        Error::new(kind, self.operation.method.name(), &path, description)
    }
}

/// The path of an operation for this id.
pub fn path_of(operation: &Operation, id: &JsValue) -> Result<String, Rejected> {
    let Some(name) = parameter(operation.path) else {
        return Ok(operation.path.into());
    };
    let id = id.as_string().ok_or_else(|| Rejected::value(name, id, "a string that is not empty"))?;
    Ok(fill_path(operation.path, &id)?)
}
