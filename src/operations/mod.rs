//! The operations of the API, one row each. Adding an operation is adding a row and its types.

mod text;

pub use text::{TEXT, documented};

use crate::request::Method;
use Input::{Body, List, None as Nothing, Order, Query};
use Method::{Delete, Get, Patch, Post, Put};
use Output::{Data, Page};

/// What an operation takes after its path parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// Nothing.
    None,
    /// An object of query parameters, which may be left out.
    Query,
    /// A body.
    Body,
    /// A body that is an order: for a number of companies or for given ones.
    Order,
    /// A list that is sent as the one member of the body. Its name is inferred: no documentation shows it.
    List(&'static str),
}

/// What an operation answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// Whatever came.
    Data,
    /// A page; older servers call the list by this name instead of `items`.
    Page(&'static str),
}

/// Where an operation is documented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Documented {
    /// In the vendor's newest list of operations.
    Listed,
    /// On a newest page of its own, but not in that list.
    Page,
    /// On older pages only.
    Older,
}

impl Documented {
    /// Its name on the JavaScript side.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::Page => "page",
            Self::Older => "older",
        }
    }
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
    /// It honours an idempotency key, which it then gets by itself.
    pub idempotent_by_key: bool,
    /// A method built upon it: one that begins with `all` goes through every page, `wait` looks until a job is done,
    /// `edit` reads, changes and starts again on a conflict.
    pub also: Option<&'static str>,
    /// A longer list is sent in parts of so many, a request each.
    pub part: Option<u32>,
    /// Where it is documented.
    pub documented: Documented,
}

const fn row(
    namespace: &'static str,
    name: &'static str,
    method: Method,
    path: &'static str,
    scopes: &'static [&'static str],
    input: Input,
    output: Output,
) -> Operation {
    let documented = Documented::Listed;
    Operation {
        namespace,
        name,
        method,
        path,
        scopes,
        input,
        output,
        idempotent_by_key: false,
        also: None,
        part: None,
        documented,
    }
}

const fn own_page(row: Operation, idempotent_by_key: bool) -> Operation {
    Operation { documented: Documented::Page, idempotent_by_key, ..row }
}

const fn and(also: &'static str, row: Operation) -> Operation {
    Operation { also: Some(also), ..row }
}

const fn in_parts(part: u32, row: Operation) -> Operation {
    Operation { part: Some(part), ..row }
}

const fn older(row: Operation) -> Operation {
    Operation { documented: Documented::Older, ..row }
}

/// The table (source: <https://dev.openprospect.io/api/> and the pages below it).
#[rustfmt::skip]
pub const OPERATIONS: &[Operation] = &[
    row("auth", "validate", Get, "/api/v1/auth/validate", &[], Nothing, Data),

    row("orders", "create", Post, "/api/v1/orders", &["orders:write"], Order, Data),
    and("all", row("orders", "list", Get, "/api/v1/orders", &["orders:read"], Query, Page("orders"))),
    and("wait", row("orders", "get", Get, "/api/v1/orders/{order_id}", &["orders:read"], Nothing, Data)),
    row("orders", "results", Get, "/api/v1/orders/{order_id}/results", &["orders:read"], Query, Data),

    own_page(row("searchProfiles", "create", Post, "/api/v1/search-profile-creations", &["orders:write"], Body, Data), true),
    and("wait", own_page(row("searchProfiles", "get", Get, "/api/v1/search-profile-creations/{profile_creation_id}", &["orders:read"], Nothing, Data), false)),

    and("allCompanies", row("deliveries", "companies", Get, "/api/v1/deliveries/{prospect_search_id}/companies", &["companies:read", "prospects:read"], Query, Page("companies"))),
    // The scope is inferred: it is seen in a sample of another tool's only.
    older(row("deliveries", "addDestination", Post, "/api/v1/deliveries/{delivery_id}/destinations", &["deliveries:write"], Body, Data)),

    and("all", row("prospectSearches", "list", Get, "/api/v1/prospect-searches", &["prospect_searches:read"], Query, Page("prospect_searches"))),
    older(row("prospectSearches", "get", Get, "/api/v1/prospect-searches/{prospect_search_id}", &["prospect_searches:read"], Nothing, Data)),
    and("edit", older(row("prospectSearches", "update", Patch, "/api/v1/prospect-searches/{prospect_search_id}", &["prospect_searches:write"], Body, Data))),
    row("prospectSearches", "blacklists", Get, "/api/v1/prospect-searches/{prospect_search_id}/blacklists", &["blacklists:read"], Nothing, Data),
    row("prospectSearches", "setBlacklists", Put, "/api/v1/prospect-searches/{prospect_search_id}/blacklists", &["blacklists:write"], List("blacklist_ids"), Data),

    and("all", row("companies", "list", Get, "/api/v1/companies", &["companies:read"], Query, Page("companies"))),
    row("companies", "get", Get, "/api/v1/companies/{company_id}", &["companies:read"], Nothing, Data),
    row("companies", "jobs", Get, "/api/v1/companies/{company_id}/jobs", &["companies:read"], Query, Data),
    row("companies", "jobsSummary", Get, "/api/v1/companies/{company_id}/jobs/summary", &["companies:read"], Query, Data),
    row("companies", "webtechIntel", Get, "/api/v1/companies/{company_id}/webtech-intel", &["companies:read"], Query, Data),
    row("companies", "webtechIntelSummary", Get, "/api/v1/companies/{company_id}/webtech-intel/summary", &["companies:read"], Query, Data),

    and("all", row("prospects", "list", Get, "/api/v1/prospects", &["prospects:read"], Query, Page("prospects"))),
    row("prospects", "get", Get, "/api/v1/prospects/{prospect_id}", &["prospects:read"], Nothing, Data),

    row("blacklists", "create", Post, "/api/v1/blacklists", &["blacklists:write"], Body, Data),
    and("all", row("blacklists", "list", Get, "/api/v1/blacklists", &["blacklists:read"], Query, Page("blacklists"))),
    row("blacklists", "get", Get, "/api/v1/blacklists/{blacklist_id}", &["blacklists:read"], Nothing, Data),
    row("blacklists", "update", Patch, "/api/v1/blacklists/{blacklist_id}", &["blacklists:write"], Body, Data),
    row("blacklists", "delete", Delete, "/api/v1/blacklists/{blacklist_id}", &["blacklists:write"], Nothing, Data),
    and("allEntries", row("blacklists", "entries", Get, "/api/v1/blacklists/{blacklist_id}/entries", &["blacklists:read"], Query, Page("entries"))),
    in_parts(MOST_ENTRIES, row("blacklists", "addEntries", Post, "/api/v1/blacklists/{blacklist_id}/entries", &["blacklists:write"], List("entries"), Data)),
    row("blacklists", "removeEntries", Delete, "/api/v1/blacklists/{blacklist_id}/entries", &["blacklists:write"], List("entry_ids"), Data),

    older(row("health", "check", Get, "/health", &[], Nothing, Data)),
];

/// The documented limit of blacklist entries in one request.
pub const MOST_ENTRIES: u32 = 10_000;

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_row_is_there_once() {
        let names: BTreeSet<_> = OPERATIONS.iter().map(|row| (row.namespace, row.name)).collect();
        let requests: BTreeSet<_> = OPERATIONS.iter().map(|row| (row.method.name(), row.path)).collect();
        assert_eq!(names.len(), OPERATIONS.len());
        assert_eq!(requests.len(), OPERATIONS.len());
        let documented = |at: Documented| OPERATIONS.iter().filter(|row| row.documented == at).count();
        assert_eq!([Documented::Listed, Documented::Page, Documented::Older].map(documented), [25, 2, 4]);
    }
}
