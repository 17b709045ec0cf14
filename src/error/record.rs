//! Errors and attempts as plain records with their JavaScript names. Absent values are omitted.

use super::{Attempt, Error, Field};
use crate::json::{Json, Record};

/// The last instant of a JavaScript `Date` in milliseconds since 1970; a later one is an invalid date.
const LAST_INSTANT: f64 = 8.64e15;

impl Attempt {
    /// The record of an attempt.
    pub fn record(&self) -> Json {
        let mut record = Record::default();
        self.add_to(&mut record);
        record.done()
    }

    /// Adds the fields of an attempt to a record.
    pub fn add_to(&self, record: &mut Record) {
        record.number("attempt", Some(f64::from(self.attempt)));
        record.number("status", self.status.map(f64::from));
        record.text("failure", self.failure);
        record.truth("sent", self.sent);
        record.duration("durationMs", Some(self.duration_ms));
        record.text("requestId", self.request_id.as_deref());
        record.duration("waitMs", self.wait_ms);
        record.text("waitReason", self.wait_reason.map(|reason| reason.name()));
    }
}

impl Field {
    fn record(&self) -> Json {
        let mut record = Record::default();
        record.text("field", Some(&self.field));
        record.text("message", Some(&self.message));
        record.json("provided", self.provided.clone());
        record.done()
    }
}

impl Error {
    /// The record of an error.
    pub fn record(&self) -> Json {
        let scopes = self.scopes.as_ref();
        let fields = self.fields.as_ref().map(|fields| fields.iter().map(Field::record).collect());
        let mut record = Record::default();
        record.text("kind", Some(self.kind.name()));
        record.text("code", Some(&self.code));
        record.number("status", self.status.map(f64::from));
        record.text("message", Some(&self.message));
        record.json("details", self.details.clone());
        record.text("resolution", self.resolution.as_deref());
        record.text("requestId", self.request_id.as_deref());
        record.text("method", Some(self.method));
        record.text("path", Some(&self.path));
        record.truth("retryable", self.retryable);
        record.duration("retryAfterMs", self.retry_after_ms);
        record.number("retryAt", self.retry_at.map(|at| at.as_millis().ceil().min(LAST_INSTANT)));
        record.text("stoppedBy", self.stopped_by.map(|by| by.name()));
        record.truth("mayHaveBeenApplied", self.may_have_been_applied);
        record.text("idempotencyKey", self.idempotency_key.as_deref());
        record.json("attempts", Some(Json::List(self.attempts.iter().map(Attempt::record).collect())));
        record.text("rawBody", self.raw_body.as_deref());
        record.text("scope", self.scope.map(|scope| scope.name()));
        record.texts("requiredScopes", scopes.map(|scopes| &scopes.required_scopes));
        record.texts("userScopes", scopes.map(|scopes| &scopes.user_scopes));
        record.texts("missingScopes", scopes.map(|scopes| &scopes.missing_scopes));
        record.json("fields", fields.map(Json::List));
        record.done()
    }
}
