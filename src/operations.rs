//! The operations of the API: one table, from which everything else about them is made.
//!
//! `operations!` hands the table to a macro. Here it becomes data ([`OPERATIONS`]); in `wasm::namespaces` it becomes the exported
//! methods with their documentation and types; `cargo xtask build` writes it as JSON for the command, the page and the tests.
//! Adding an operation is adding an entry here and its types in `wasm/types`.

use crate::http::method::Method;
use alloc::string::String;

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

/// What an operation returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// The parsed body.
    Data,
    /// A page; legacy servers call the list by this name instead of `items`.
    Page(&'static str),
}

/// Where an operation is documented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Documented {
    /// In the vendor's newest list of operations.
    Listed,
    /// On a newest page of its own, but not in that list.
    Page,
    /// On legacy pages only.
    Legacy,
}

/// How a method that is built upon an operation works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Composition {
    /// Iterates over the items of every page.
    Pages,
    /// Polls until the job finishes.
    Wait,
    /// Reads, changes and starts again after a conflict.
    Edit,
}

/// An operation of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The namespace on the client, such as `orders`.
    pub namespace: &'static str,
    /// The method's name there, such as `get`.
    pub name: &'static str,
    /// HTTP method.
    pub method: Method,
    /// The path; `{…}` stands for the argument.
    pub path: &'static str,
    /// A key needs all of these.
    pub scopes: &'static [&'static str],
    /// What it takes.
    pub input: Input,
    /// What it returns.
    pub output: Output,
    /// Where it is documented.
    pub documented: Documented,
    /// It requires an idempotency key, which the client makes if the caller gives none.
    pub has_idempotency_key: bool,
    /// A longer list is sent in batches of this many items, one request each.
    pub batch_size: Option<u32>,
    /// A method that is built upon it, and its name.
    pub composed: Option<(Composition, &'static str)>,
}

impl Operation {
    #[allow(clippy::too_many_arguments, reason = "one for each column of the table")]
    const fn new(
        namespace: &'static str,
        name: &'static str,
        method: Method,
        path: &'static str,
        scopes: &'static [&'static str],
        input: Input,
        output: Output,
        documented: Documented,
        composed: Option<(Composition, &'static str)>,
    ) -> Self {
        Self {
            namespace,
            name,
            method,
            path,
            scopes,
            input,
            output,
            documented,
            has_idempotency_key: false,
            batch_size: None,
            composed,
        }
    }

    const fn idempotency_key(self) -> Self {
        Self { has_idempotency_key: true, ..self }
    }

    const fn batches_of(self, size: u32) -> Self {
        Self { batch_size: Some(size), ..self }
    }
}

/// The documented limit of blacklist entries in one request.
pub const MAX_ENTRIES: u32 = 10_000;

/// Hands the table to a macro (source: <https://dev.openprospect.io/api/> and the pages below it).
///
/// An entry says: documentation, name, path parameter, input and its type, output and its type; then the HTTP method, path, scopes and
/// where it is documented; then what else is known, and the method that is built upon it.
macro_rules! operations {
    ($callback:ident) => {
        $callback! {
            /// Checks the API key.
            namespace auth: AuthNamespace {
                /// Checks the key and returns its scopes. Any active key may call it.
                validate() -> Data "Promise<KeyValidation>"
                    = Get "/api/v1/auth/validate" [] Listed;
            }

            /// Orders: for a number of companies, or for contacts of given companies.
            namespace orders: OrdersNamespace {
                /// Places an order: `briefing_quantity` or `companies`, never both. Needs `orders:write`.
                create() body order: Order "OrderInput" -> Data "Promise<Order>"
                    = Post "/api/v1/orders" ["orders:write"] Listed;

                /// Gets a page of the visible orders. Needs `orders:read`.
                list() query "PageParams" -> Page("orders") "Promise<Page<Order>>"
                    = Get "/api/v1/orders" ["orders:read"] Listed
                    /// Iterates over every visible order, page by page. Needs `orders:read`.
                    also Pages all "AsyncIterableIterator<Order>";

                /// Gets an order. Needs `orders:read`.
                get(orderId) -> Data "Promise<Order>"
                    = Get "/api/v1/orders/{order_id}" ["orders:read"] Listed
                    /// Polls until the order is COMPLETED, and returns it.
                    ///
                    /// @throws {TerminalStatusError} if it ends as REJECTED, FAILED or CANCELLED
                    also Wait wait
                        "WaitOptions<Order>"
                        "Promise<Order>"
                        "Promise<(Order | TerminalStatusError | NotFoundError)[]>";

                /// Gets the results of a completed order; their shape is not documented. Needs `orders:read`.
                results(orderId) query "PageParams" -> Data "Promise<unknown>"
                    = Get "/api/v1/orders/{order_id}/results" ["orders:read"] Listed;
            }

            /// Search profiles: the API's search-profile-creations.
            namespace searchProfiles: SearchProfilesNamespace {
                /// Starts the creation of a search profile. The API requires an idempotency key, which the client makes unless one
                /// is given. After FAILED, try again with a new one. Needs `orders:write`.
                create() body profile: Body "SearchProfileInput" -> Data "Promise<SearchProfileCreation>"
                    = Post "/api/v1/search-profile-creations" ["orders:write"] Page, idempotency_key();

                /// Gets the current status of the creation. Needs `orders:read`.
                get(profileCreationId) -> Data "Promise<SearchProfileCreation>"
                    = Get "/api/v1/search-profile-creations/{profile_creation_id}" ["orders:read"] Page
                    /// Polls until the profile is created: SUCCEEDED.
                    ///
                    /// @throws {TerminalStatusError} if it ends as FAILED
                    also Wait wait
                        "WaitOptions<SearchProfileCreation>"
                        "Promise<SearchProfileCreation>"
                        "Promise<(SearchProfileCreation | TerminalStatusError | NotFoundError)[]>";
            }

            /// Delivered companies.
            namespace deliveries: DeliveriesNamespace {
                /// Gets a page of the companies delivered for a search. Needs `companies:read` and `prospects:read`.
                companies(prospectSearchId) query "DeliveryParams" -> Page("companies") "Promise<Page<DeliveredCompany>>"
                    = Get "/api/v1/deliveries/{prospect_search_id}/companies" ["companies:read", "prospects:read"] Listed
                    /// Iterates over every company delivered for a search, page by page. Needs `companies:read` and
                    /// `prospects:read`.
                    also Pages allCompanies "AsyncIterableIterator<DeliveredCompany>";

                /// Has each qualified company sent to a server of yours (legacy documentation only; the newest pages mention
                /// pulling alone). The scope it needs is not documented; `deliveries:write` is inferred.
                addDestination(deliveryId) body destination: Body "DestinationInput" -> Data "Promise<unknown>"
                    = Post "/api/v1/deliveries/{delivery_id}/destinations" ["deliveries:write"] Legacy;
            }

            /// Searches for companies.
            namespace prospectSearches: ProspectSearchesNamespace {
                /// Gets a page of the visible searches. Needs `prospect_searches:read`.
                list() query "PageParams" -> Page("prospect_searches") "Promise<Page<ProspectSearch>>"
                    = Get "/api/v1/prospect-searches" ["prospect_searches:read"] Listed
                    /// Iterates over every visible search, page by page. Needs `prospect_searches:read`.
                    also Pages all "AsyncIterableIterator<ProspectSearch>";

                /// Gets a search (legacy documentation only). Needs `prospect_searches:read`.
                get(prospectSearchId) -> Data "Promise<ProspectSearch>"
                    = Get "/api/v1/prospect-searches/{prospect_search_id}" ["prospect_searches:read"] Legacy;

                /// Changes a search (legacy documentation only). Needs `prospect_searches:write`.
                update(prospectSearchId) body changes: Body "ProspectSearchChanges" -> Data "Promise<ProspectSearchUpdate>"
                    = Patch "/api/v1/prospect-searches/{prospect_search_id}" ["prospect_searches:write"] Legacy
                    /// Reads a search, asks `change` for the changes, sends them with the version that was read, and starts again
                    /// after a conflict. The result has the changes that were dropped (`stripped_fields`). An `idempotencyKey` is
                    /// sent with the first PATCH as it is, and after a conflict as `key.2`, `key.3`, …
                    also Edit edit
                        "(current: ProspectSearch) => EditedFields | PromiseLike<EditedFields>"
                        "CallOptions & ConflictOptions"
                        "Promise<ProspectSearchUpdate>";

                /// Gets the blacklists of a search; the response's shape is not documented. Needs `blacklists:read`.
                blacklists(prospectSearchId) -> Data "Promise<unknown>"
                    = Get "/api/v1/prospect-searches/{prospect_search_id}/blacklists" ["blacklists:read"] Listed;

                /// Sets the blacklists of a search, replacing those it has. The name of the field that carries the ids
                /// (`blacklist_ids`) is inferred. Needs `blacklists:write`.
                setBlacklists(prospectSearchId) body blacklistIds: List("blacklist_ids") "readonly string[]" -> Data "Promise<unknown>"
                    = Put "/api/v1/prospect-searches/{prospect_search_id}/blacklists" ["blacklists:write"] Listed;
            }

            /// Companies.
            namespace companies: CompaniesNamespace {
                /// Gets a page of companies. Needs `companies:read`.
                list() query "CompanyParams" -> Page("companies") "Promise<Page<Company>>"
                    = Get "/api/v1/companies" ["companies:read"] Listed
                    /// Iterates over every company, page by page. Needs `companies:read`.
                    also Pages all "AsyncIterableIterator<Company>";

                /// Gets a company. Needs `companies:read`.
                get(companyId) -> Data "Promise<Company>"
                    = Get "/api/v1/companies/{company_id}" ["companies:read"] Listed;

                /// Gets its job advertisements; parameters and shape are not documented. Needs `companies:read`.
                jobs(companyId) query "Query" -> Data "Promise<unknown>"
                    = Get "/api/v1/companies/{company_id}/jobs" ["companies:read"] Listed;

                /// Gets a summary of its job advertisements. Needs `companies:read`.
                jobsSummary(companyId) query "Query" -> Data "Promise<unknown>"
                    = Get "/api/v1/companies/{company_id}/jobs/summary" ["companies:read"] Listed;

                /// Gets the technologies of its website; parameters and shape are not documented. Needs `companies:read`.
                webtechIntel(companyId) query "Query" -> Data "Promise<unknown>"
                    = Get "/api/v1/companies/{company_id}/webtech-intel" ["companies:read"] Listed;

                /// Gets a summary of the technologies of its website. Needs `companies:read`.
                webtechIntelSummary(companyId) query "Query" -> Data "Promise<unknown>"
                    = Get "/api/v1/companies/{company_id}/webtech-intel/summary" ["companies:read"] Listed;
            }

            /// Contacts.
            namespace prospects: ProspectsNamespace {
                /// Gets a page of contacts; parameters beside the page are not documented. Needs `prospects:read`.
                list() query "PageParams & Query" -> Page("prospects") "Promise<Page<Prospect>>"
                    = Get "/api/v1/prospects" ["prospects:read"] Listed
                    /// Iterates over every contact, page by page. Needs `prospects:read`.
                    also Pages all "AsyncIterableIterator<Prospect>";

                /// Gets a contact. Needs `prospects:read`.
                get(prospectId) -> Data "Promise<Prospect>"
                    = Get "/api/v1/prospects/{prospect_id}" ["prospects:read"] Listed;
            }

            /// Lists of companies that must not be delivered.
            namespace blacklists: BlacklistsNamespace {
                /// Creates a blacklist. Needs `blacklists:write`.
                create() body blacklist: Body "BlacklistInput" -> Data "Promise<Blacklist>"
                    = Post "/api/v1/blacklists" ["blacklists:write"] Listed;

                /// Gets a page of the visible blacklists. Needs `blacklists:read`.
                list() query "PageParams" -> Page("blacklists") "Promise<Page<Blacklist>>"
                    = Get "/api/v1/blacklists" ["blacklists:read"] Listed
                    /// Iterates over every visible blacklist, page by page. Needs `blacklists:read`.
                    also Pages all "AsyncIterableIterator<Blacklist>";

                /// Gets a blacklist. Needs `blacklists:read`.
                get(blacklistId) -> Data "Promise<Blacklist>"
                    = Get "/api/v1/blacklists/{blacklist_id}" ["blacklists:read"] Listed;

                /// Changes its name or description. Needs `blacklists:write`.
                update(blacklistId) body changes: Body "Optional<BlacklistInput>" -> Data "Promise<Blacklist>"
                    = Patch "/api/v1/blacklists/{blacklist_id}" ["blacklists:write"] Listed;

                /// Deletes it. Needs `blacklists:write`.
                delete(blacklistId) -> Data "Promise<unknown>"
                    = Delete "/api/v1/blacklists/{blacklist_id}" ["blacklists:write"] Listed;

                /// Gets a page of its entries. Needs `blacklists:read`.
                entries(blacklistId) query "PageParams" -> Page("entries") "Promise<Page<StoredBlacklistEntry>>"
                    = Get "/api/v1/blacklists/{blacklist_id}/entries" ["blacklists:read"] Listed
                    /// Iterates over every entry, page by page. Needs `blacklists:read`.
                    also Pages allEntries "AsyncIterableIterator<StoredBlacklistEntry>";

                /// Adds any number of entries. More than the documented 10,000 are sent in batches of that many, one after the other,
                /// and a `progress` event reports each. The options hold for each batch. With an `idempotencyKey` each batch has a
                /// key of its own, made of yours and of the batch's content: the same entries are stored once, also when you call
                /// again with the rest of the list. The name of the field that carries the entries (`entries`) is inferred. Needs
                /// `blacklists:write`.
                ///
                /// @throws {OpenProspectError} of the first batch that fails; if it is not the first, `partial` says how many
                /// entries were accepted before it. Those of the failed batch may have been added if `mayHaveBeenApplied` is true.
                addEntries(blacklistId) body entries: List("entries") "readonly BlacklistEntry[]" -> Data "Promise<Sent>"
                    = Post "/api/v1/blacklists/{blacklist_id}/entries" ["blacklists:write"] Listed, batches_of(MAX_ENTRIES);

                /// Removes entries by their ids. The name of the field (`entry_ids`) is inferred. Needs `blacklists:write`.
                removeEntries(blacklistId) body entryIds: List("entry_ids") "readonly string[]" -> Data "Promise<unknown>"
                    = Delete "/api/v1/blacklists/{blacklist_id}/entries" ["blacklists:write"] Listed;
            }

            /// The state of the service.
            namespace health: HealthNamespace {
                /// Checks whether the service is up (legacy documentation only). Needs no scope.
                check() -> Data "Promise<Health>"
                    = Get "/health" [] Legacy;
            }
        }
    };
}

macro_rules! table {
    ($(
        $(#[$_namespace_doc:meta])*
        namespace $namespace:ident: $_class:ident {$(
            $(#[$_doc:meta])*
            $name:ident($($_id:ident)?)
                $(query $query:literal)?
                $(body $_body:ident: $input:ident $(($list:literal))? $_body_type:literal)?
                -> $output:ident $(($legacy:literal))? $_type:literal
                = $method:ident $path:literal [$($scope:literal),*] $documented:ident
                $(, $known:ident($($value:expr)?))*
                $($(#[$_also_doc:meta])* also $composition:ident $also:ident $($_also_type:literal)+)?;
        )*}
    )*) => {
        /// The table.
        pub const OPERATIONS: &[Operation] = &[$($(
            Operation::new(
                stringify!($namespace),
                stringify!($name),
                Method::$method,
                $path,
                &[$($scope),*],
                input!($($query)? $($input $(($list))?)?),
                Output::$output $(($legacy))?,
                Documented::$documented,
                composed!($($composition $also)?),
            )$(.$known($($value)?))*,
        )*)*];
    };
}

macro_rules! input {
    () => { Input::None };
    ($query:literal) => { Input::Query };
    ($input:ident $(($list:literal))?) => { Input::$input $(($list))? };
}

macro_rules! composed {
    () => {
        None
    };
    ($composition:ident $name:ident) => {
        Some((Composition::$composition, stringify!($name)))
    };
}

operations!(table);
#[cfg(target_arch = "wasm32")]
pub(crate) use operations;

/// An operation by its name, at compile time.
#[allow(clippy::indexing_slicing, reason = "it runs in the compiler only")]
pub const fn find(namespace: &str, name: &str) -> &'static Operation {
    &OPERATIONS[index_of(namespace, name)]
}

/// The place of an operation in [`OPERATIONS`]. It is used at compile time, where a wrong name is an error.
#[allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic,
    reason = "it runs in the compiler only"
)]
pub const fn index_of(namespace: &str, name: &str) -> usize {
    let mut index = 0;
    while index < OPERATIONS.len() {
        let operation = &OPERATIONS[index];
        if is_same(operation.namespace, namespace) && is_same(operation.name, name) {
            return index;
        }
        index += 1;
    }
    panic!("there is no such operation");
}

#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "it runs in the compiler only")]
const fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}

/// The operation of a request, as the documentation has it: `GET /api/v1/orders/{order_id}` for `GET` and `/api/v1/orders/o1`.
pub fn documented(method: &str, path: &str) -> Option<String> {
    let operation = OPERATIONS.iter().find(|row| row.method.name() == method && is_path_of(row.path, path))?;
    Some([method, " ", operation.path].concat())
}

/// Whether a path is one of a template: equal but for `{…}`, which stands for one segment that is not empty.
fn is_path_of(template: &str, path: &str) -> bool {
    let (mut own, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (own.next(), given.next()) {
            (None, None) => return true,
            (Some(own), Some(given)) if own == given => {}
            (Some(own), Some(given)) if own.starts_with('{') && !given.is_empty() => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_operation_is_there_once() {
        let names: BTreeSet<_> = OPERATIONS.iter().map(|row| (row.namespace, row.name)).collect();
        let requests: BTreeSet<_> = OPERATIONS.iter().map(|row| (row.method.name(), row.path)).collect();
        assert_eq!(names.len(), OPERATIONS.len());
        assert_eq!(requests.len(), OPERATIONS.len());
        let documented = |at: Documented| OPERATIONS.iter().filter(|row| row.documented == at).count();
        assert_eq!([Documented::Listed, Documented::Page, Documented::Legacy].map(documented), [25, 2, 4]);
    }

    #[test]
    fn an_operation_is_found_by_its_name() {
        for (index, row) in OPERATIONS.iter().enumerate() {
            assert_eq!(index_of(row.namespace, row.name), index);
        }
    }

    #[test]
    fn a_request_has_the_name_of_its_operation() {
        for row in OPERATIONS {
            let parameter = |part: &'static str| if part.starts_with('{') { "a%2Fb" } else { part };
            let path = row.path.split('/').map(parameter).collect::<alloc::vec::Vec<_>>().join("/");
            let name = [row.method.name(), " ", row.path].concat();
            assert_eq!(super::documented(row.method.name(), &path), Some(name));
        }
    }

    #[test]
    fn other_requests_are_not_documented() {
        for (method, path) in [
            ("PUT", "/api/v1/orders"),
            ("GET", "/api/v1/orders/"),
            ("GET", "/api/v1/orders//results"),
            ("GET", "/api/v1/orders/o/results/r"),
            ("GET", "/api/v1/order"),
            ("GET", "/api/v1/orders?"),
            ("GET", "/api/v2/orders/o"),
            ("GET", "/"),
            ("GET", ""),
            ("", ""),
        ] {
            assert_eq!(super::documented(method, path), None, "{method} {path}");
        }
    }
}
