//! The operations of the API, one row each. Adding an operation is adding a row and its types.

use crate::request::Method;

/// What an operation takes after its path parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// Nothing.
    None,
    /// An object of query parameters, which may be left out.
    Query,
}

/// What an operation answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// An object, as it came.
    Object,
    /// A page; older servers call the list by this name instead of `items`.
    Page(&'static str),
}

/// An operation of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The namespace on the client.
    pub namespace: &'static str,
    /// The method's name there.
    pub name: &'static str,
    /// HTTP method.
    pub method: Method,
    /// The path; `{…}` stands for an argument.
    pub path: &'static str,
    /// All of these a key must have.
    pub scopes: &'static [&'static str],
    /// What it takes.
    pub input: Input,
    /// What it answers with.
    pub output: Output,
}

const fn get(
    namespace: &'static str,
    name: &'static str,
    path: &'static str,
    scopes: &'static [&'static str],
    input: Input,
    output: Output,
) -> Operation {
    Operation { namespace, name, method: Method::Get, path, scopes, input, output }
}

/// The table (source: <https://dev.openprospect.io/api/>).
#[rustfmt::skip]
pub const OPERATIONS: &[Operation] = &[
    get("auth", "validate", "/api/v1/auth/validate", &[], Input::None, Output::Object),
    get("orders", "list", "/api/v1/orders", &["orders:read"], Input::Query, Output::Page("orders")),
    get("orders", "get", "/api/v1/orders/{order_id}", &["orders:read"], Input::None, Output::Object),
    get("prospectSearches", "list", "/api/v1/prospect-searches", &["prospect_searches:read"], Input::Query, Output::Page("prospect_searches")),
    get("blacklists", "list", "/api/v1/blacklists", &["blacklists:read"], Input::Query, Output::Page("blacklists")),
];

impl Operation {
    /// How many arguments go into the path.
    pub fn path_parameters(&self) -> usize {
        self.path.matches('{').count()
    }
}
