//! One call and the results of its attempts, to be run on the core and on the package.

use crate::KEY;
use openprospect::call::Limits;
use serde_json::{Map, Value, json};

/// The result of an attempt.
#[derive(Clone, Debug)]
pub enum Answer {
    Response {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    },
    /// The connection breaks.
    Reset,
    /// There is no response.
    Stall,
}

impl Answer {
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::Response { status, headers: Vec::new(), body: body.into() }
    }

    pub fn header(&self, asked: &str) -> Option<String> {
        let Self::Response { headers, .. } = self else {
            return None;
        };
        headers.iter().find(|(name, _)| *name == asked).map(|(_, value)| value.clone())
    }

    fn json(&self) -> Value {
        match self {
            Self::Response { status, headers, body } => {
                let headers: Map<String, Value> =
                    headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_str().into())).collect();
                let body: String = body.iter().map(|byte| format!("{byte:02x}")).collect();
                json!({ "status": status, "headers": headers, "body": body })
            }
            Self::Reset => json!("reset"),
            Self::Stall => json!("stall"),
        }
    }
}

/// One call.
#[derive(Clone, Debug)]
pub struct Script {
    /// The options of the client as JavaScript passes them, and their parsed values.
    pub options: Map<String, Value>,
    pub limits: Limits,
    pub key: String,
    pub base: String,
    pub method: &'static str,
    pub path: String,
    pub idempotency_key: Option<&'static str>,
    /// The constant random sample.
    pub random: f64,
    /// The results of the attempts; the last one is repeated.
    pub answers: Vec<Answer>,
}

impl Script {
    /// A GET, with the defaults of the client.
    pub fn new(answers: Vec<Answer>) -> Self {
        Self {
            options: Map::new(),
            limits: Limits::default(),
            key: KEY.into(),
            base: "https://proxy.example.test".into(),
            method: "GET",
            path: "/api/v1/orders".into(),
            idempotency_key: None,
            random: 0.25,
            answers,
        }
    }

    pub fn json(&self) -> Value {
        let mut options = Map::from_iter([
            ("apiKey".to_owned(), self.key.as_str().into()),
            ("baseUrl".to_owned(), self.base.as_str().into()),
        ]);
        options.extend(self.options.clone());
        json!({
            "options": options,
            "method": self.method,
            "path": self.path,
            "idempotencyKey": self.idempotency_key,
            "random": self.random,
            "answers": self.answers.iter().map(Answer::json).collect::<Vec<_>>(),
        })
    }
}
