//! Errors and attempts as plain records, under their JavaScript names. What is absent is left out.

use super::{Attempt, Error, Field};
use crate::json::{Json, Record};

impl Attempt {
    /// The record of an attempt.
    pub fn record(&self) -> Json {
        self.fields(Record::default()).done()
    }

    /// Adds the fields of an attempt to another record.
    pub fn fields(&self, record: Record) -> Record {
        record
            .number("attempt", Some(self.attempt))
            .number("status", self.status)
            .text("failure", self.failure)
            .truth("sent", self.sent)
            .number("durationMs", Some(self.duration_ms))
            .text("requestId", self.request_id.as_deref())
            .number("waitMs", self.wait_ms)
            .text("waitReason", self.wait_reason.map(|reason| reason.name()))
    }
}

impl Field {
    fn record(&self) -> Json {
        Record::default()
            .text("field", Some(&self.field))
            .text("message", Some(&self.message))
            .json("provided", self.provided.clone())
            .done()
    }
}

impl Error {
    /// The record of an error.
    pub fn record(&self) -> Json {
        let scopes = self.scopes.as_ref();
        let fields = self
            .fields
            .as_ref()
            .map(|fields| fields.iter().map(Field::record).collect());
        Record::default()
            .text("kind", Some(self.kind.name()))
            .text("code", Some(&self.code))
            .number("status", self.status)
            .text("message", Some(&self.message))
            .json("details", self.details.clone())
            .text("resolution", self.resolution)
            .text("requestId", self.request_id.as_deref())
            .text("method", Some(self.method))
            .text("path", Some(&self.path))
            .truth("retryable", self.retryable)
            .number("retryAfterMs", self.retry_after_ms)
            .number("retryAt", self.retry_at)
            .text("stoppedBy", self.stopped_by.map(|by| by.name()))
            .truth("mayHaveBeenApplied", self.may_have_been_applied)
            .json(
                "attempts",
                Some(Json::List(self.attempts.iter().map(Attempt::record).collect())),
            )
            .text("rawBody", self.raw_body.as_deref())
            .text("scope", self.scope.map(|scope| scope.name()))
            .texts("requiredScopes", scopes.map(|scopes| &scopes.required_scopes))
            .texts("userScopes", scopes.map(|scopes| &scopes.user_scopes))
            .texts("missingScopes", scopes.map(|scopes| &scopes.missing_scopes))
            .json("fields", fields.map(Json::List))
            .done()
    }
}
