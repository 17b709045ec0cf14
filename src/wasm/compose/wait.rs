//! `wait` and `waitAll`: poll until jobs finish.

use super::invocation::{Arguments, Invocation, own, path_of};
use crate::call::{Call, Limits};
use crate::error::{Kind, Scope};
use crate::http::retry_after;
use crate::limiter::Priority;
use crate::operations::{OPERATIONS, Operation, Output};
use crate::polling::{LIST_LIMIT, NextPoll, interval, next_poll};
use crate::retry::StoppedBy;
use crate::text::{decimal, duration};
use crate::time::{Duration, Instant};
use crate::wasm::abort::Signal;
use crate::wasm::arguments::{WaitArguments, read_wait};
use crate::wasm::call::CallRequest;
use crate::wasm::error::{Rejected, current_call_site, is_error_of, is_own_error, redacted_data, thrown_with};
use crate::wasm::events::call_handler;
use crate::wasm::options::millis;
use crate::wasm::page::Answer;
use crate::wasm::platform::{is_array, member, monotonic, now};
use crate::wasm::state::ClientState;
use crate::wasm::task::promise_of;
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use js_sys::{Array, Function, Object, Promise};
use wasm_bindgen::prelude::*;

/// Polls until the job of a resource finishes, and returns the resource.
pub fn wait(client: &Rc<ClientState>, operation: &'static Operation, arguments: Arguments) -> Promise {
    let Arguments { id, options, .. } = arguments;
    poll_jobs(client, operation, &Array::of1(&id), &options, |mut results| {
        results.pop().unwrap_or(Ok(JsValue::UNDEFINED))
    })
}

/// Polls until the jobs of several resources have finished, and returns the resource or the error of each.
pub fn wait_all(client: &Rc<ClientState>, operation: &'static Operation, arguments: Arguments) -> Promise {
    let Arguments { id: ids, options, .. } = arguments;
    if !is_array(&ids) {
        return client.rejection(Rejected::value("ids", &ids, "an array of ids"), &current_call_site());
    }
    poll_jobs(client, operation, ids.unchecked_ref(), &options, |results| {
        let results = results.into_iter().map(|result| result.unwrap_or_else(|error| error));
        Ok(results.collect::<Array>().into())
    })
}

/// The resource of a job, or the error that it ended with.
type JobResult = Result<JsValue, JsValue>;

fn poll_jobs(
    client: &Rc<ClientState>,
    operation: &'static Operation,
    ids: &Array,
    options: &JsValue,
    result: fn(Vec<JobResult>) -> JobResult,
) -> Promise {
    let call_site = current_call_site();
    let (mut jobs, mut order) = (Vec::new(), Vec::new());
    for id in ids.iter() {
        // A job that is named twice is polled once.
        let known = jobs.iter().position(|job: &Job| job.id == id);
        order.push(known.unwrap_or(jobs.len()));
        if known.is_none() {
            match Job::new(operation, &id) {
                Ok(job) => jobs.push(job),
                Err(rejected) => return client.rejection(rejected, &call_site),
            }
        }
    }
    let path = jobs.first().map_or(operation.path, |job| &job.path);
    let options = match read_wait(&call_site, operation.method.name(), path, options) {
        Ok(options) => options,
        Err(invalid) => return client.rejection(Rejected(invalid), &call_site),
    };
    let invocation = Invocation { client: Rc::clone(client), operation, path: path.into(), call_site };
    let list = OPERATIONS.iter().find(|row| row.namespace == operation.namespace && row.name == "list");
    let signal = Signal(options.signal());
    let mut polling = Polling { invocation, options, jobs, list, list_offset: 0 };
    promise_of(async move {
        let finished = async {
            polling.run().await?;
            let finished = |index: usize| polling.jobs.get(index).and_then(|job| job.result.clone());
            result(order.into_iter().filter_map(finished).collect())
        };
        signal.abortable(Box::pin(finished)).await
    })
}

/// A job that is waited for.
struct Job {
    id: JsValue,
    path: String,
    /// `undefined` before the first poll.
    status: Option<String>,
    /// Set when the job has finished.
    result: Option<JobResult>,
}

impl Job {
    fn new(operation: &Operation, id: &JsValue) -> Result<Self, Rejected> {
        Ok(Self { id: id.clone(), path: path_of(operation, id)?, status: None, result: None })
    }
}

/// Jobs that are polled together.
struct Polling {
    invocation: Invocation,
    options: WaitArguments,
    jobs: Vec<Job>,
    /// The operation that lists the jobs, if there is one and it shows them.
    list: Option<&'static Operation>,
    /// Where the list shows them.
    list_offset: u32,
}

/// The polls of all open jobs, once.
struct Round {
    /// The number of rounds before.
    number: u32,
    limits: Limits,
    /// The wait until the next round.
    after: Duration,
    /// The last error, if a later poll may succeed.
    failure: Option<JsValue>,
}

impl Polling {
    async fn run(&mut self) -> Result<(), JsValue> {
        let max_wait = millis(self.options.deadline());
        let deadline = max_wait.map_or(Instant::FAR_FUTURE, |max_wait| monotonic() + max_wait);
        for number in 0.. {
            let left = deadline - monotonic();
            // A pause may end late, for example after the machine was suspended.
            if left <= Duration::ZERO {
                return Err(self.deadline_passed(max_wait));
            }
            let mut round = Round { number, limits: self.limits(left), after: Duration::ZERO, failure: None };
            self.poll(&mut round).await?;
            if self.open().is_empty() {
                break;
            }
            if monotonic() + round.after >= deadline {
                return Err(round.failure.unwrap_or_else(|| self.deadline_passed(max_wait)));
            }
            self.invocation.client.lifetime.pause(round.after).await;
        }
        Ok(())
    }

    /// The positions of the jobs that have not finished.
    fn open(&self) -> Vec<usize> {
        let mut open: Vec<usize> = (0..self.jobs.len()).collect();
        open.retain(|index| self.jobs.get(*index).is_some_and(|job| job.result.is_none()));
        open
    }

    async fn poll(&mut self, round: &mut Round) -> Result<(), JsValue> {
        let mut open = self.open();
        self.poll_list(&mut open, round).await?;
        for index in open {
            let Some(path) = self.jobs.get(index).map(|job| job.path.clone()) else {
                continue;
            };
            match self.request(path, Answer::Response, round).await {
                Ok(Some(response)) => self.update(index, member(&response, "data"), advised(&response), round)?,
                Ok(None) => {}
                // It is about this job only.
                Err(error) if is_error_of(&error, Kind::NotFound) => self.finish(index, Err(error)),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Polls jobs with a list, as long as each page of it shows several, and removes those that it showed from `open`.
    async fn poll_list(&mut self, open: &mut Vec<usize>, round: &mut Round) -> Result<(), JsValue> {
        let mut offset = self.list_offset;
        while let Some(list) = self.list.filter(|_| open.len() > 1) {
            let legacy_name = if let Output::Page(legacy_name) = list.output { legacy_name } else { "" };
            let answer =
                Answer::Page { legacy_name, limit: Some(f64::from(LIST_LIMIT)), offset: Some(f64::from(offset)) };
            let path =
                [list.path, "?limit=", &decimal(LIST_LIMIT.into()), "&offset=", &decimal(offset.into())].concat();
            let page = match self.request(path, answer, round).await {
                Ok(Some(page)) => page,
                // The server is down for the jobs, too.
                Ok(None) => {
                    open.clear();
                    break;
                }
                Err(_) => {
                    self.list = None;
                    break;
                }
            };
            let shown = self.update_listed(&own(&page, "items"), open, round)?;
            let total = own(&page, "total").as_f64().unwrap_or_default() as u32;
            let last = total.saturating_sub(LIST_LIMIT);
            if shown == 0 && self.list_offset == 0 && offset == 0 && last > 0 {
                // Some lists have the latest jobs at their end.
                (self.list_offset, offset) = (last, last);
            } else if shown < 2 {
                // It costs as many requests as polling each job.
                if offset == self.list_offset {
                    self.list = None;
                }
                break;
            } else if own(&page, "has_more").is_truthy() {
                offset = offset.saturating_add(LIST_LIMIT);
            } else {
                break;
            }
        }
        Ok(())
    }

    /// Updates the jobs that a page shows, and removes them from `open`. Returns their number.
    fn update_listed(&mut self, items: &JsValue, open: &mut Vec<usize>, round: &mut Round) -> Result<usize, JsValue> {
        let before = open.len();
        for item in items.unchecked_ref::<Array>().iter() {
            let id = own(&item, "id");
            let shown = |index: &usize| self.jobs.get(*index).is_some_and(|job| job.id == id);
            // An item without a status does not show what became of the job.
            if let Some(position) = open.iter().position(shown).filter(|_| own(&item, "status").is_string()) {
                self.update(open.remove(position), item, None, round)?;
            }
        }
        Ok(before.saturating_sub(open.len()))
    }

    /// Sends a poll; `None` if it failed but a later one may succeed.
    async fn request(&self, path: String, answer: Answer, round: &mut Round) -> Result<Option<JsValue>, JsValue> {
        match self.invocation.run(self.poll_request(path, answer, round.limits)).await {
            Ok(answer) => Ok(Some(answer)),
            // The jobs go on, whatever became of this poll.
            Err(error) if is_transient(&error) => {
                let advised = millis(own(&error, "retryAfterMs").as_f64()).unwrap_or(Duration::ZERO);
                round.after = round.after.max(advised).max(interval(self.poll_interval(), round.number));
                round.failure = Some(error);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Records what a poll returned about a job.
    fn update(
        &mut self,
        index: usize,
        resource: JsValue,
        advised: Option<Duration>,
        round: &mut Round,
    ) -> Result<(), JsValue> {
        let status = own(&resource, "status").as_string().unwrap_or_default();
        let before = self.jobs.get_mut(index).and_then(|job| job.status.replace(status.clone()));
        if let Some(handler) = self.options.on_status().filter(|_| before.as_ref() != Some(&status)) {
            call_handler(&handler, &[&status.as_str().into(), &resource]);
        }
        let max_retry_after = round.limits.retry.max_retry_after;
        match next_poll(&status, self.poll_interval(), round.number, advised, max_retry_after) {
            NextPoll::Succeeded => self.finish(index, Ok(resource)),
            NextPoll::Failed => self.finish(index, Err(self.job_failed(index, &status, &resource))),
            NextPoll::TooLong(wait) => return Err(self.rate_limited(index, wait, round.limits)),
            NextPoll::After(wait) => round.after = round.after.max(wait),
        }
        Ok(())
    }

    fn finish(&mut self, index: usize, result: JobResult) {
        if let Some(job) = self.jobs.get_mut(index) {
            job.result = Some(result);
        }
    }

    fn poll_interval(&self) -> Option<Duration> {
        millis(self.options.poll_interval())
    }

    /// A poll has no deadline of its own, and waits for a rate limit as long as `wait` may.
    fn limits(&self, left: Duration) -> Limits {
        let client = &self.invocation.client;
        let mut limits = Limits { priority: Priority::Poll, deadline: left, ..client.limits };
        limits.retry.max_retry_after = client.max_poll_wait;
        limits
    }

    fn poll_request(&self, path: String, answer: Answer, limits: Limits) -> CallRequest {
        let request = CallRequest {
            method: self.invocation.operation.method,
            path,
            headers: Object::new().into(),
            body: JsValue::UNDEFINED,
            idempotency_key: None,
            limits,
            signal: Signal(self.options.signal()),
            answer,
            call_site: self.invocation.call_site.clone(),
        };
        request.avoid_caches();
        request
    }

    fn job_failed(&self, index: usize, status: &str, resource: &JsValue) -> JsValue {
        let mut description = ["ended as ", status].concat();
        if let Some(message) = own(resource, "message").as_string() {
            description.push_str(": ");
            description.push_str(&message);
        }
        let redactor = self.invocation.redactor();
        let path = self.jobs.get(index).map_or("", |job| &job.path);
        let error = self.invocation.error_at(path, Kind::TerminalStatus, &redactor.redacted(&description));
        let status = redactor.redacted(status);
        let resource = redacted_data(resource, &redactor);
        thrown_with(&error, &[("status", &status.into()), ("resource", &resource)], &self.invocation.call_site)
    }

    fn deadline_passed(&self, max_wait: Option<Duration>) -> JsValue {
        let max_wait = duration(max_wait.unwrap_or_default());
        let open = self.jobs.iter().find(|job| job.result.is_none());
        let status = open.and_then(|job| job.status.as_deref()).unwrap_or("undefined");
        let description =
            ["still ", &self.invocation.redactor().redacted(status), " after ", &max_wait, " (deadlineMs)"].concat();
        let path = open.map_or("", |job| &job.path);
        let mut error = self.invocation.error_at(path, Kind::Timeout, &description);
        error.scope = Some(Scope::Deadline);
        thrown_with(&error, &[], &self.invocation.call_site)
    }

    /// The error for a server that requests a longer wait than `maxRetryAfterMs`, which ends a `wait` as it ends a call.
    fn rate_limited(&self, index: usize, wait: Duration, limits: Limits) -> JsValue {
        let Invocation { client, operation, call_site, .. } = &self.invocation;
        let path = self.jobs.get(index).map_or("", |job| &job.path);
        let now = now();
        let mut call = Call::begin(operation.method, path, None, client.credentials.source(), limits, now.monotonic);
        call.redact(&self.invocation.redactor());
        thrown_with(&call.rate_limited_unsent(wait, client.limiter.rate_limit_code.get(), now), &[], call_site)
    }
}

/// Whether a later poll may succeed although this one failed.
fn is_transient(error: &JsValue) -> bool {
    let is_too_long = own(error, "stoppedBy").as_string().is_some_and(|by| by == StoppedBy::RetryAfter.name());
    is_own_error(error) && own(error, "retryable").is_truthy() && !is_too_long
}

/// The wait that a response requests.
fn advised(response: &JsValue) -> Option<Duration> {
    let headers = member(response, "headers");
    let get: Function = member(&headers, "get").dyn_into().ok()?;
    let header = |name: &str| get.call1(&headers, &name.into()).ok()?.as_string();
    retry_after::read(&header("retry-after")?, header("date").as_deref(), now().wall)
}
