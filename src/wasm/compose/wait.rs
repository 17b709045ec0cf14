//! `wait`: polls until a job finishes.

use super::invocation::{Arguments, Invocation, own};
use crate::call::{Call, Limits};
use crate::error::{Kind, Scope};
use crate::http::retry_after;
use crate::operations::Operation;
use crate::polling::{NextPoll, interval, next_poll};
use crate::retry::StoppedBy;
use crate::text::duration;
use crate::time::{Duration, Instant};
use crate::wasm::abort::Signal;
use crate::wasm::arguments::{WaitArguments, read_wait};
use crate::wasm::call::CallRequest;
use crate::wasm::error::{current_call_site, is_own_error, redacted_data, thrown_with};
use crate::wasm::events::call_handler;
use crate::wasm::options::millis;
use crate::wasm::page::Answer;
use crate::wasm::platform::{member, monotonic, now};
use crate::wasm::state::ClientState;
use crate::wasm::task::promise_of;
use crate::wasm::timer::sleep;
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use js_sys::{Function, Object, Promise};
use wasm_bindgen::prelude::*;

/// Polls until the job of a resource finishes, and returns the resource.
pub fn wait(client: &Rc<ClientState>, operation: &'static Operation, arguments: Arguments) -> Promise {
    let Arguments { id, options, .. } = arguments;
    let invocation = match Invocation::begin(client, operation, &id, current_call_site()) {
        Ok(invocation) => invocation,
        Err(rejection) => return rejection,
    };
    match read_wait(&invocation.call_site, invocation.operation.method.name(), &invocation.path, &options) {
        Ok(options) => promise_of(async move {
            let signal = Signal(options.signal());
            signal.abortable(Box::pin(poll(invocation, options))).await
        }),
        Err(invalid) => invocation.rejection(invalid),
    }
}

async fn poll(invocation: Invocation, options: WaitArguments) -> Result<JsValue, JsValue> {
    let max_wait = millis(options.deadline());
    let deadline = max_wait.map_or(Instant::FAR_FUTURE, |max_wait| monotonic() + max_wait);
    let mut last_status: Option<String> = None;
    for polls in 0.. {
        let left = deadline - monotonic();
        // A pause may end late, for example after the machine was suspended.
        if left <= Duration::ZERO {
            return Err(deadline_passed(&invocation, last_status.as_deref(), max_wait));
        }
        let limits = poll_limits(&invocation, left);
        let response = match invocation.run(poll_request(&invocation, &options, limits)).await {
            Ok(response) => response,
            // The job goes on, whatever became of this poll.
            Err(error) if is_transient(&error) => {
                let advised = millis(own(&error, "retryAfterMs").as_f64()).unwrap_or(Duration::ZERO);
                let after = interval(millis(options.poll_interval()), polls).max(advised);
                if monotonic() + after >= deadline {
                    return Err(error);
                }
                sleep(after).await;
                continue;
            }
            Err(error) => return Err(error),
        };
        let resource = member(&response, "data");
        let status = own(&resource, "status").as_string().unwrap_or_default();
        if let Some(handler) = options.on_status().filter(|_| last_status.as_deref() != Some(&status)) {
            call_handler(&handler, &[&status.as_str().into(), &resource]);
        }

        let after = match next_poll(
            &status,
            millis(options.poll_interval()),
            polls,
            advised_wait(&response),
            limits.retry.max_retry_after,
        ) {
            NextPoll::Succeeded => return Ok(resource),
            NextPoll::Failed => return Err(job_failed(&invocation, &status, &resource)),
            NextPoll::TooLong(wait) => return Err(rate_limited(&invocation, wait, limits)),
            NextPoll::After(wait) => wait,
        };
        if monotonic() + after >= deadline {
            return Err(deadline_passed(&invocation, Some(&status), max_wait));
        }
        last_status = Some(status);
        sleep(after).await;
    }
    Ok(JsValue::UNDEFINED)
}

/// Whether a later poll may succeed although this one failed.
fn is_transient(error: &JsValue) -> bool {
    let is_too_long = own(error, "stoppedBy").as_string().is_some_and(|by| by == StoppedBy::RetryAfter.name());
    is_own_error(error) && own(error, "retryable").is_truthy() && !is_too_long
}

/// A poll has no deadline of its own, and waits for a rate limit as long as `wait` may.
fn poll_limits(invocation: &Invocation, left: Duration) -> Limits {
    let mut limits = invocation.client.limits;
    limits.deadline = left;
    limits.retry.max_retry_after = invocation.client.max_poll_wait;
    limits
}

fn poll_request(invocation: &Invocation, options: &WaitArguments, limits: Limits) -> CallRequest {
    let request = CallRequest {
        method: invocation.operation.method,
        path: invocation.path.clone(),
        headers: Object::new().into(),
        body: JsValue::UNDEFINED,
        idempotency_key: None,
        limits,
        signal: Signal(options.signal()),
        answer: Answer::Response,
        call_site: invocation.call_site.clone(),
    };
    request.avoid_caches();
    request
}

/// The wait that a response requests.
fn advised_wait(response: &JsValue) -> Option<Duration> {
    let headers = member(response, "headers");
    let get: Function = member(&headers, "get").dyn_into().ok()?;
    let header = |name: &str| get.call1(&headers, &name.into()).ok()?.as_string();
    retry_after::read(&header("retry-after")?, header("date").as_deref(), now().wall)
}

fn job_failed(invocation: &Invocation, status: &str, resource: &JsValue) -> JsValue {
    let mut description = ["ended as ", status].concat();
    if let Some(message) = own(resource, "message").as_string() {
        description.push_str(": ");
        description.push_str(&message);
    }
    let description = invocation.redactor().redacted(&description);
    let error = invocation.error(Kind::TerminalStatus, &description);
    let status = invocation.redactor().redacted(status);
    let resource = redacted_data(resource, &invocation.redactor());
    thrown_with(&error, &[("status", &status.into()), ("resource", &resource)], &invocation.call_site)
}

fn deadline_passed(invocation: &Invocation, status: Option<&str>, max_wait: Option<Duration>) -> JsValue {
    let max_wait = duration(max_wait.unwrap_or_default());
    let status = invocation.redactor().redacted(status.unwrap_or("undefined"));
    let description = ["still ", &status, " after ", &max_wait, " (deadlineMs)"].concat();
    let mut error = invocation.error(Kind::Timeout, &description);
    error.scope = Some(Scope::Deadline);
    thrown_with(&error, &[], &invocation.call_site)
}

/// The error for a server that requests a longer wait than `maxRetryAfterMs`, which ends a `wait` as it ends a call.
fn rate_limited(invocation: &Invocation, wait: Duration, limits: Limits) -> JsValue {
    let (now, source) = (now(), invocation.client.credentials.source());
    let mut call = Call::begin(invocation.operation.method, &invocation.path, None, source, limits, now.monotonic);
    call.redact(&invocation.redactor());
    thrown_with(&call.rate_limited_unsent(wait, now), &[], &invocation.call_site)
}
