//! The documented statuses and codes: what they mean and how to resolve them.
//!
//! Source: the vendor's errors page (<https://dev.openprospect.io/api/errors/>); rows marked `legacy` are on legacy pages
//! only. One table for the errors, the test of the types, and any code that explains an error to a user.

/// A row of the status table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusEntry {
    /// HTTP status.
    pub status: u16,
    /// What it means in this API.
    pub meaning: &'static str,
    /// The documented resolution.
    pub resolution: &'static str,
}

/// A row of the code table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeEntry {
    /// The API's error code.
    pub code: &'static str,
    /// The status it comes with.
    pub status: u16,
    /// The documented resolution.
    pub resolution: &'static str,
    /// Whether it is missing from the newest page.
    pub legacy: bool,
}

const fn status(status: u16, meaning: &'static str, resolution: &'static str) -> StatusEntry {
    StatusEntry { status, meaning, resolution }
}

const fn code(status: u16, code: &'static str, resolution: &'static str) -> CodeEntry {
    CodeEntry { code, status, resolution, legacy: false }
}

const fn legacy(status: u16, code: &'static str, resolution: &'static str) -> CodeEntry {
    CodeEntry { code, status, resolution, legacy: true }
}

/// The vendor's status table, and the gateway statuses of the vendor's samples.
pub const STATUSES: &[StatusEntry] = &[
    status(400, "the operation does not accept this request", "Correct the request's fields, then send it again."),
    status(
        401,
        "the API key is missing, malformed, expired or revoked",
        "Send an active API key: it goes out as `Authorization: Bearer <key>`.",
    ),
    status(
        403,
        "the API key lacks a scope or has no access to this resource",
        "Add the required scope to the key, or use another key.",
    ),
    status(
        404,
        "the resource does not exist or belongs to another organisation",
        "Check the identifier, and that the key belongs to the right organisation.",
    ),
    status(
        409,
        "the request conflicts with the resource's current state",
        "Read the resource again, then retry with its current data.",
    ),
    status(
        422,
        "the body, path or query failed validation",
        "Compare the request with the schema in the interactive API.",
    ),
    status(429, "too many requests in a short time", "Back off and try again later."),
    status(500, "the server failed unexpectedly", SERVER_RESOLUTION),
    status(502, "a gateway got no valid answer from the server", SERVER_RESOLUTION),
    status(503, "the service is unavailable for the moment", SERVER_RESOLUTION),
    status(504, "a gateway waited too long for the server", SERVER_RESOLUTION),
];

const SERVER_RESOLUTION: &str = "Retry with backoff; if it persists, contact support with the request id.";
const VALIDATION: &str = "Compare the request with openapi-public.json, and correct the fields named in `details`.";

/// The resolution if there was no response: a browser reports the cause on its console, not to the client.
pub const NO_RESPONSE: &str = "Check that the server can be reached. In a browser the request may also be blocked by CORS \
    or by the Content-Security-Policy (`connect-src`), or be blocked by an extension: its console says which.";

/// The resolution of a 401 for a client without a key, to whose requests another server adds one.
pub const NO_KEY: &str = "This client has no API key: the server at `baseUrl`, such as a proxy of your own, rejected the request, or \
    the API rejected that server's key. Sign the caller in, or check the proxy's `authorize` and its key.";

/// The resolution if a timeout of the platform itself ends an attempt.
///
/// Source: undici, `docs/docs/api/Client.md` (`headersTimeout` and `bodyTimeout`: 300 s).
pub const PLATFORM_TIMEOUT: &str = "Node's fetch waits at most 300 s for the headers, and between two parts of the body, \
    whatever timeoutMs is. Give the client the fetch of the package undici, with an Agent whose headersTimeout and bodyTimeout \
    are longer.";

/// The vendor's code table, and the codes of legacy pages.
pub const CODES: &[CodeEntry] = &[
    code(401, "UNAUTHORIZED", "Set `Authorization: Bearer lnc_live_…`: give the client an active key as `apiKey`."),
    code(403, "AUTHORIZATION_ERROR", "Request the missing scope for this key."),
    code(422, "VALIDATION_ERROR", VALIDATION),
    code(404, "ORDER_NOT_FOUND", "List the visible orders with GET /api/v1/orders."),
    code(404, "PROSPECT_SEARCH_NOT_FOUND", "List the visible searches with GET /api/v1/prospect-searches."),
    code(404, "BLACKLIST_NOT_FOUND", "List the visible blacklists with GET /api/v1/blacklists."),
    legacy(404, "ENTITY_NOT_FOUND", "Check the identifier named in `details`."),
    legacy(400, "INVALID_REQUEST", "Correct the fields named in `details`."),
    legacy(400, "INVALID_JSON", "Send a body that is valid JSON."),
    legacy(400, "MISSING_FIELD", "Add the required field."),
    legacy(400, "INVALID_TYPE", "Send the field with the documented type."),
    legacy(400, "INVALID_ENUM", "Use one of the documented values."),
    legacy(400, "INVALID_FORMAT", "Correct the format, for example of a date or an e-mail address."),
    legacy(
        429,
        "RATE_LIMIT_EXCEEDED",
        "Wait, as long as `retryAfterMs` says if the server reported it, then try again.",
    ),
];

/// The meaning of a status, if it is documented.
pub fn meaning(status: u16) -> Option<&'static str> {
    STATUSES.iter().find(|row| row.status == status).map(|row| row.meaning)
}

/// A code of the table.
pub fn documented_code(code: &str) -> Option<&'static str> {
    CODES.iter().find(|row| row.code == code).map(|row| row.code)
}

/// The documented resolution of the code, else of the status; an undocumented 5xx is treated as a 500.
pub fn resolution(code: &str, status: u16) -> Option<&'static str> {
    if let Some(row) = CODES.iter().find(|row| row.code == code) {
        return Some(row.resolution);
    }
    let of = |status: u16| STATUSES.iter().find(|row| row.status == status).map(|row| row.resolution);
    of(status).or_else(|| of(500).filter(|_| status >= 500))
}
