//! One call, from its arguments to the result that its caller gets.

use super::abort::Signal;
use super::error::{CallSite, shows_a_key, thrown};
use super::events::Subject;
use super::fetch::{AttemptError, AttemptTime, Reply, Request, Wanted, attempt};
use super::limiter::{Completion, Permit, WaitResult};
use super::page::{Answer, Done};
use super::platform::{member, member_text, monotonic, now, to_text};
use super::state::ClientState;
use super::timer::BoxedFuture;
use crate::api_key::{ApiKey, KeySource};
use crate::call::{Call, Decision, Limits};
use crate::error::{Error, Scope};
use crate::failure_alert::{Notice, Observation as Health};
use crate::http::method::{Method, without_query};
use crate::http::response::{Content, Failure, Response, Unavailable, UnavailableReason};
use crate::limiter::{self, RequestOutcome};
use crate::redact::Redactor;
use crate::time::{Duration, Instant, Now};
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use wasm_bindgen::prelude::*;

/// The request of a call.
pub struct CallRequest {
    pub method: Method,
    /// Includes the query.
    pub path: String,
    /// In addition to those of the client.
    pub headers: JsValue,
    /// JSON text, or `undefined`.
    pub body: JsValue,
    pub idempotency_key: Option<String>,
    pub limits: Limits,
    pub signal: Signal,
    pub answer: Answer,
    /// Where the call was made.
    pub call_site: CallSite,
}

/// A key from the key provider is used only for a request that is sent within this time. After a longer wait the client
/// calls the provider again: a token may have expired in the meantime.
const MAX_KEY_AGE: Duration = Duration::from_millis(1_000.0);

/// Runs a call: waits for the limiter, makes an attempt, and then retries or returns the result, as the core decides.
///
/// If the caller aborts the signal, the call ends at once. Its permit, timers and request are released as it is
/// dropped.
pub async fn run_call(client: Rc<ClientState>, request: CallRequest) -> Result<JsValue, JsValue> {
    let signal = request.signal.clone();
    let call = Box::new(RunningCall::begin(client, request));
    signal.abortable(Box::pin(call.run())).await
}

/// A call in flight.
struct RunningCall {
    client: Rc<ClientState>,
    call: Call,
    method: Method,
    request: Request,
    signal: Signal,
    answer: Answer,
    call_site: CallSite,
    /// The key of the last attempt, or of the next one.
    key: Option<ApiKey>,
    /// When the key provider returned the key for an attempt that has not been made yet.
    key_provided_at: Option<Instant>,
    /// The key that the server rejected with a 401, and the error to return if the provider has no other key.
    rejected: Option<(Option<ApiKey>, Box<Error>)>,
    /// The call's permit from the limiter.
    permit: Option<Permit>,
    /// When the call's own backoff ends.
    not_before: Instant,
}

/// How an attempt ended.
enum Ended {
    /// With or without a response.
    Attempt(Result<Response<Reply>, AttemptError>),
    /// The limiter did not admit the request.
    NotSent(WaitResult),
}

/// The result of a call; `None` if the call makes another attempt.
type CallResult = Option<Result<JsValue, JsValue>>;

impl RunningCall {
    /// Begins a call; its deadline starts now.
    fn begin(client: Rc<ClientState>, request: CallRequest) -> Self {
        let CallRequest { method, path, headers, body, idempotency_key, limits, signal, answer, call_site } = request;
        let began = monotonic();
        let source = client.credentials.source();
        let mut call = Call::begin(method, without_query(&path), idempotency_key, source, limits, began);
        call.redact(&client.used_keys.redactor(None));
        let key = client.credentials.fixed().cloned();
        let request =
            Request { method, url: client.base.url(&path), base_headers: client.base_headers.clone(), headers, body };
        Self {
            client,
            call,
            method,
            request,
            signal,
            answer,
            call_site,
            key,
            key_provided_at: None,
            rejected: None,
            permit: None,
            not_before: began,
        }
    }

    async fn run(mut self: Box<Self>) -> Result<JsValue, JsValue> {
        loop {
            let attempt: BoxedFuture<'_, Ended> = Box::pin(self.attempt());
            let ended = match attempt.await {
                Ended::Attempt(ended) => self.conclude(ended),
                Ended::NotSent(admission) => self.conclude_unsent(admission),
            };
            if let Some(result) = ended {
                return result;
            }
        }
    }

    /// Gets a key and a permit, and sends the request.
    async fn attempt(&mut self) -> Ended {
        // Rate limits are tracked per key, so the call needs a key before it waits for the limiter. A retry waits with
        // the key of the last attempt.
        if self.has_provider()
            && (self.key.is_none() || self.rejected.is_some())
            && let Err(error) = self.provide_key(None).await
        {
            return Ended::Attempt(Err(error));
        }
        loop {
            let admission = self.admitted().await;
            if !matches!(admission, WaitResult::Granted) {
                return Ended::NotSent(admission);
            }
            if let Some(reason) = self.signal.reason() {
                return Ended::Attempt(Err(AttemptError::Aborted(reason)));
            }
            let time = self.begin_attempt();
            if self.has_provider() && !self.has_fresh_key() {
                let admitted_key = self.key_id();
                if let Err(error) = self.provide_key(Some(time)).await {
                    return Ended::Attempt(Err(error));
                }
                if self.key_id() != admitted_key {
                    // The permit is for requests with the previous key.
                    self.permit = None;
                    continue;
                }
            }
            return Ended::Attempt(self.send(time).await);
        }
    }

    /// Calls the key provider, within the timeout of an attempt and in the context of this call.
    fn provide_key(&mut self, time: Option<AttemptTime>) -> BoxedFuture<'_, Result<(), AttemptError>> {
        Box::pin(async move {
            if let Some(reason) = self.signal.reason() {
                return Err(AttemptError::Aborted(reason));
            }
            let time = time.unwrap_or_else(|| self.begin_attempt());
            let key = self.client.credentials.provide(time).await?;
            self.take_key(key)
        })
    }

    fn take_key(&mut self, key: Option<ApiKey>) -> Result<(), AttemptError> {
        if let Some(key) = &key {
            self.client.used_keys.add(key);
        }
        if self.rejected.as_ref().is_some_and(|(rejected, _)| *rejected == key) {
            return Err(AttemptError::SameKey);
        }
        self.key = key;
        self.key_provided_at = Some(monotonic());
        Ok(())
    }

    fn admitted(&mut self) -> BoxedFuture<'_, WaitResult> {
        let request = limiter::Request {
            key: self.key_id(),
            priority: self.call.priority(),
            is_retry: !self.call.attempts().is_empty(),
            not_before: self.not_before,
            deadline: self.call.deadline(),
            max_retry_after: self.call.max_retry_after(),
            max_duration: self.call.timeout() + self.client.limiter.hidden_tab_delay(),
        };
        Box::pin(self.client.limiter.admitted(&mut self.permit, request))
    }

    async fn send(&mut self, time: AttemptTime) -> Result<Response<Reply>, AttemptError> {
        self.key_provided_at = None;
        let authorization = self.key.as_ref().filter(|_| self.has_provider()).map(ApiKey::header_value);
        // The request ID is read only if the caller can see it, and quota headers are read until it is clear that the
        // server sends none.
        let request_id = self.client.events.is_open() || !matches!(self.answer, Answer::Data);
        let wanted = Wanted { request_id, quota: self.client.limiter.expects_quota() };
        let fetch = self.client.fetch.as_ref();
        let redactor = self.redactor();
        let attempt: BoxedFuture<'_, _> =
            Box::pin(attempt(&self.request, fetch, authorization, time, &redactor, wanted));
        attempt.await
    }

    fn has_provider(&self) -> bool {
        self.client.credentials.source() == KeySource::Function
    }

    fn has_fresh_key(&self) -> bool {
        self.key_provided_at.is_some_and(|since| monotonic() - since <= MAX_KEY_AGE)
    }

    fn key_id(&self) -> crate::api_key::KeyId {
        self.key.as_ref().map(ApiKey::id).unwrap_or_default()
    }

    fn begin_attempt(&mut self) -> AttemptTime {
        let now = monotonic();
        AttemptTime::begin(self.call.begin_attempt(now), now)
    }

    /// A redactor of the client's keys and the call's own.
    fn redactor(&self) -> Redactor {
        self.client.used_keys.redactor(self.key.as_ref())
    }

    /// Records how an attempt ended, and performs the core's decision.
    #[inline(never)]
    fn conclude(&mut self, ended: Result<Response<Reply>, AttemptError>) -> CallResult {
        let redactor = self.redactor();
        self.call.redact(&redactor);
        let ended = match ended {
            Err(AttemptError::Foreign(cause)) if shows_a_key(&cause, &redactor) => Err(AttemptError::Network(cause)),
            ended => ended,
        };
        let (attempt, cause) = match ended {
            Ok(response) => (Ok(response), JsValue::UNDEFINED),
            Err(AttemptError::PlatformTimeout(cause)) => {
                (Err(Failure::Timeout { scope: Scope::Platform, sent: true }), cause)
            }
            Err(AttemptError::TimedOut { scope, sent }) => (Err(Failure::Timeout { scope, sent }), JsValue::UNDEFINED),
            Err(AttemptError::Network(cause)) => (Err(Failure::connection(&description(&cause), &redactor)), cause),
            Err(AttemptError::Aborted(reason) | AttemptError::Foreign(reason)) => return Some(Err(reason)),
            Err(AttemptError::InvalidArgument(argument)) => {
                return Some(Err(argument.into_thrown(&redactor, &self.call_site)));
            }
            Err(AttemptError::SameKey) => {
                let error = self.rejected.take().map(|(_, error)| error);
                let error = error.unwrap_or_else(|| self.call.undecodable("no answer"));
                return Some(self.result(Err(error), &JsValue::UNDEFINED, None, now()));
            }
        };
        self.rejected = None;
        let (now, random) = (now(), js_sys::Math::random());
        // A browser hides the status of a redirect, which is still a response.
        let status = attempt.as_ref().ok().map(|response| response.status.unwrap_or_default());
        let quota = attempt.as_ref().ok().and_then(|response| response.quota);
        let was_sent = !matches!(attempt, Err(Failure::Timeout { sent: false, .. }));
        if !was_sent {
            self.permit = None;
        }
        let decision = self.call.record(&attempt, now, random);
        if let Some(code) = decision.rate_limit_code() {
            self.client.limiter.rate_limit_code.set(Some(code));
        }
        self.emit(&decision);
        let until = decision.advised_wait(random).map(|wait| now.monotonic + wait);
        let unavailable = UnavailableReason::of(&attempt).map(|reason| Unavailable { reason, retry_at: until });
        if let Some(permit) = self.permit.take() {
            let completion =
                Completion { outcome: RequestOutcome::of(status, until), unavailable, quota, key: self.key_id() };
            self.client.limiter.complete(permit, completion, now, random);
        }
        let health = if unavailable.is_some() { Health::Failed } else { Health::Rejected };
        self.proceed(decision, attempt.ok(), &cause, was_sent.then_some(health), now)
    }

    /// Records that the limiter did not admit the request, and performs the core's decision.
    #[inline(never)]
    fn conclude_unsent(&mut self, admission: WaitResult) -> CallResult {
        let (now, random) = (now(), js_sys::Math::random());
        self.call.redact(&self.redactor());
        let unavailable = match admission {
            WaitResult::Unavailable(unavailable) => Some(unavailable),
            _ => self.client.limiter.unavailable(),
        };
        let decision = match (unavailable, admission) {
            (Some(unavailable), _) => self.call.record_unavailable(&unavailable, now, random),
            (None, WaitResult::RateLimited { until }) => {
                let code = self.client.limiter.rate_limit_code.get();
                Decision::Finish(Err(self.call.rate_limited_unsent(until - now.monotonic, code, now)))
            }
            (None, _) => self.call.record_expired(now, random),
        };
        self.emit(&decision);
        self.proceed(decision, None, &JsValue::UNDEFINED, unavailable.map(|_| Health::Failed), now)
    }

    fn emit(&self, decision: &Decision) {
        if let Some(last) = self.call.attempts().last() {
            self.client.events.attempt(self.subject(), last);
        }
        if let Decision::Retry { after, reason, .. } = decision {
            self.client.events.retry(self.subject(), self.call.attempts().len(), *after, *reason);
        }
    }

    /// Performs the core's decision. `health` is what a failed attempt showed about its operation.
    fn proceed(
        &mut self,
        decision: Decision,
        response: Option<Response<Reply>>,
        cause: &JsValue,
        health: Option<Health>,
        now: Now,
    ) -> CallResult {
        match decision {
            Decision::Retry { after, error, .. } => {
                if let Some(notice) = health.and_then(|health| self.observe(health, now)) {
                    let error = thrown(&self.call.with_attempts(error), cause, &self.redactor(), &self.call_site);
                    self.client.events.notice(self.subject(), &notice, Some(&error));
                }
                self.not_before = now.monotonic + after;
                if let Some(permit) = &self.permit {
                    self.client.limiter.postpone(permit, self.not_before);
                }
                None
            }
            Decision::Reauthenticate(error) => {
                health.and_then(|health| self.observe(health, now));
                self.rejected = Some((self.key.clone(), error));
                self.not_before = now.monotonic;
                None
            }
            Decision::Finish(result) => {
                let result = result.and_then(|()| self.answered(response));
                Some(self.result(result, cause, health, now))
            }
        }
    }

    fn answered(&self, response: Option<Response<Reply>>) -> Result<JsValue, Box<Error>> {
        match response {
            Some(Response { content: Content::Data(reply), request_id, .. }) => {
                self.answer.of(Done { reply, request_id, call: &self.call })
            }
            _ => Err(self.call.undecodable("an answer without data")),
        }
    }

    /// The result of the caller's promise. An alert has the error that is thrown.
    fn result(
        &mut self,
        result: Result<JsValue, Box<Error>>,
        cause: &JsValue,
        health: Option<Health>,
        now: Now,
    ) -> Result<JsValue, JsValue> {
        let health = if result.is_ok() { Some(Health::Succeeded) } else { health };
        let result = result.map_err(|error| thrown(&error, cause, &self.redactor(), &self.call_site));
        if let Some(notice) = health.and_then(|health| self.observe(health, now)) {
            self.client.events.notice(self.subject(), &notice, result.as_ref().err());
        }
        // The permit is released before the caller continues.
        self.permit = None;
        result
    }

    fn observe(&self, health: Health, now: Now) -> Option<Notice> {
        self.client.alerts.borrow_mut().record(self.method.name(), self.call.path(), health, now)
    }

    fn subject(&self) -> Subject<'_> {
        Subject { method: self.method.name(), path: self.call.path() }
    }
}

/// The platform's description of a failed connection; Node has the reason in the cause.
fn description(thrown: &JsValue) -> String {
    let message = member_text(thrown, "message").or_else(|| to_text(thrown).ok()).unwrap_or_default();
    let cause = member(thrown, "cause");
    let reason = member_text(&cause, "code").or_else(|| member_text(&cause, "message")).unwrap_or_default();
    if reason.is_empty() { message } else { [&message, " (", &reason, ")"].concat() }
}
