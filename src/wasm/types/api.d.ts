/** Result of validating an API key. */
export interface KeyValidation {
  /** Whether the key is active. */
  valid: boolean;
  /** The scopes granted to the key. */
  scopes: Open<ApiScope>[];
  [field: string]: unknown;
}

/** Documented scopes of an API key. */
export type ApiScope =
  | "orders:read"
  | "orders:write"
  | "companies:read"
  | "prospects:read"
  | "prospect_searches:read"
  | "prospect_searches:write"
  | "blacklists:read"
  | "blacklists:write"
  /** Legacy documentation only, in an example for another tool. */
  | "deliveries:write";

/** Statuses of an order. COMPLETED, REJECTED, FAILED and CANCELLED are final. */
export type OrderStatus = "RECEIVED" | "ACCEPTED" | "IN_PROGRESS" | "COMPLETED" | "REJECTED" | "FAILED" | "CANCELLED";

/** Statuses of a search profile creation. SUCCEEDED and FAILED are final. */
export type SearchProfileStatus = "PENDING" | "RUNNING" | "SUCCEEDED" | "FAILED";

/** Type of an order (from legacy documentation). */
export type OrderType = "ENRICHMENT" | "DISCOVERY";

/** Data that an order requests (from legacy documentation). More values may exist. */
export type OrderFeature = "COMPANY_DATA" | "CONTACTS" | "TECHNOLOGIES";

/** Review status of a company. */
export type ReviewStatus = "accepted" | "rejected" | "pending";

/** An order for companies. Fields other than these are not documented. */
export interface Order {
  /** Opaque identifier: its format may change. */
  id: string;
  /**
   * COMPLETED: results are ready. REJECTED, FAILED, CANCELLED: there will be no results. All others: still in progress.
   */
  status: Open<OrderStatus>;
  /** Why the order was rejected. The field's name is inferred. */
  message?: string | null;
  [field: string]: unknown;
}

/** Fields shared by discovery and enrichment orders. */
export interface OrderBase {
  /** The search profile to use: the `profile_id` of a finished creation. The field's name is inferred. */
  profile_id?: string | undefined;
  /** Name of the order. Legacy documentation only. */
  title?: string | undefined;
  /** Type of the order; implied by `briefing_quantity` or `companies`. Legacy documentation only. */
  order_type?: Open<OrderType> | undefined;
  /** Data to return. Legacy documentation only. */
  features?: Open<OrderFeature>[] | undefined;
  /** Name of the search profile. Legacy documentation only. */
  profile_name?: string | undefined;
  [field: string]: unknown;
}

/** An order for a number of companies that match the search profile. */
export interface DiscoveryOrder extends OrderBase {
  /** Number of qualified companies to deliver. */
  briefing_quantity: number;
  companies?: undefined;
}

/** An order for contacts at specific companies. */
export interface EnrichmentOrder extends OrderBase {
  /** 1 to 10,000 companies; they count as qualified. */
  companies: OrderCompany[];
  briefing_quantity?: undefined;
}

/** Input of `orders.create`: either a number of companies or a list of companies, never both. */
export type OrderInput = DiscoveryOrder | EnrichmentOrder;

/** A company in an enrichment order (fields from legacy documentation). */
export interface OrderCompany {
  /** Name of the company. */
  company_name?: string | undefined;
  /** Your own id of the company; returned in the result as `source_id`. */
  external_id?: string | undefined;
  /** URL of the company's website: the most reliable way to identify it. */
  website_url?: string | undefined;
  /** City of the company. */
  city?: string | undefined;
  /** English name of the country. */
  country?: string | undefined;
  [field: string]: unknown;
}

/** A result of an order. Fields other than `source_id` are not documented. */
export interface OrderResult {
  /** The `external_id` from the enrichment order; null for discovery orders. */
  source_id?: string | null | undefined;
  [field: string]: unknown;
}

/** Input of `searchProfiles.create`. Which fields are required is not documented. */
export interface SearchProfileInput {
  /** Name of the search profile. */
  profile_name?: string | undefined;
  /** Free-text description of the companies to find. */
  ideal_customer_profile?: string | undefined;
  /** Free-text description of what you sell. */
  seller_offering?: string | undefined;
  /** Your industry. */
  seller_industry?: string | undefined;
  /** Countries to search: two-letter codes. */
  target_countries?: string[] | undefined;
  /** Names of the cities to search. */
  target_cities?: string[] | undefined;
  /** Industries to search. */
  target_industries?: string[] | undefined;
  /** Industries to exclude. */
  excluded_industries?: string[] | undefined;
  /** Job roles of the contacts to find, such as "Head of Purchasing". */
  contact_roles?: string[] | undefined;
  /** Language of the generated texts about the companies: a two-letter code, such as `en`. */
  output_language?: string | undefined;
  [field: string]: unknown;
}

/** The creation of a search profile, which runs as a job. */
export interface SearchProfileCreation {
  /** Identifier to retrieve the creation with. The field's name is inferred. */
  id: string;
  /**
   * PENDING, RUNNING: still in progress. SUCCEEDED: order from `profile_id`. FAILED: try again with a new idempotency
   * key.
   */
  status: Open<SearchProfileStatus>;
  /** The search profile to order from; set once the status is SUCCEEDED. */
  profile_id?: string | null;
  [field: string]: unknown;
}

/** A search for companies. */
export interface ProspectSearch {
  /** Opaque identifier: its format may change. */
  id: string;
  /** Name of the search. */
  name: string;
  /** Status of the search. Its values are not documented. */
  status: string;
  /** Legacy documentation only: incremented by each change, and sent back with the next one. */
  version?: number;
  [field: string]: unknown;
}

/** Input of `prospectSearches.update` (legacy documentation only). */
export interface ProspectSearchChanges {
  /** The `version` that was last read. If the search has changed since, the server responds with 409. */
  version: number;
  /** Names of the fields to change. By default, all fields in the request are changed. */
  update_mask?: string[] | undefined;
  /** Name of the search. */
  name?: string | undefined;
  /** Free-text description of the companies to find. */
  ideal_customer_profile?: string | undefined;
  /** Dropped by the server unless the key's owner is an administrator or owner. */
  geo_locations?: unknown;
  /** Dropped by the server unless the key's owner is an administrator or owner. */
  search_keywords?: unknown;
  [field: string]: unknown;
}

/** The changes that `edit` sends; the client adds the version. */
export type EditedFields = Optional<ProspectSearchChanges>;

/** An updated search, and which of the changes the server dropped. */
export interface ProspectSearchUpdate extends ProspectSearch {
  /**
   * Changes that the server dropped because the key's owner is not allowed to make them. All other changes were
   * applied.
   */
  stripped_fields?: string[];
}

/** A company found by a search (fields from legacy documentation). */
export interface Company {
  /** Opaque identifier: its format may change. */
  id: string;
  /** The search that found the company. */
  prospect_search_id?: string;
  /** Name of the company. */
  name?: string;
  /** City of the company. */
  city?: string;
  /** Full name of the country. */
  country?: string;
  /** Type of business. */
  business_type?: string;
  /** URL of the company's website. */
  website?: string;
  /** How well the company matches the search, from 0 to 10. */
  match_score?: number;
  /** The result of a manual review. */
  review_status?: Open<ReviewStatus>;
  [field: string]: unknown;
}

/** A delivered company with its contacts. */
export interface DeliveredCompany {
  /** Opaque identifier: its format may change. */
  id: string;
  /** Name of the company. */
  name: string;
  /** Contacts at the company. */
  prospects: Prospect[];
  [field: string]: unknown;
}

/** A contact at a company. Its fields are not documented. */
export interface Prospect {
  /** Opaque identifier: its format may change. */
  id?: string;
  [field: string]: unknown;
}

/** Parameters of the list of companies (from legacy documentation). */
export interface CompanyParams extends PageParams {
  /** The search whose companies to list. Legacy documentation requires it. */
  prospect_search_id?: string | undefined;
  /** Minimum match score, from 0 to 10. */
  min_match_score?: number | undefined;
  /** Only companies with this review status. */
  review_status?: Open<ReviewStatus> | undefined;
  /** Only companies with one of these review statuses. Preferred over `review_status`. */
  review_status_list?: Open<ReviewStatus>[] | undefined;
  /** Text to search for in name, city, business type and contacts. */
  search?: string | undefined;
}

/** Parameters of the list of deliveries. */
export interface DeliveryParams extends PageParams {
  /**
   * Only companies delivered after this instant: a Date, or a string with a valid ISO 8601 date or date and time. Any
   * other string is rejected with a `ConfigurationError`.
   */
  delivered_since?: string | Date | undefined;
}

/** Where the server sends each delivered company (legacy documentation only). */
export interface DestinationInput {
  /** Type of the destination. */
  type: Open<"webhook">;
  /** URL of your server: each qualified company is sent to it as JSON. */
  url: string;
  /** How your server authenticates the vendor's requests. */
  auth_type?: Open<"bearer"> | undefined;
  /** The secret that your server expects. It is sent to the vendor, and never stored in an error or event. */
  auth_token?: string | undefined;
  [field: string]: unknown;
}

/** Health of the service (legacy documentation only). */
export interface Health {
  /** Name of the service. */
  service: string;
  /** Status of the service. */
  status: Open<"healthy">;
  [field: string]: unknown;
}

/** A list of companies to exclude from delivery. */
export interface Blacklist {
  /** Opaque identifier: its format may change. */
  id: string;
  /** Name of the blacklist. */
  name: string;
  /** Purpose of the blacklist. */
  description?: string | null;
  [field: string]: unknown;
}

/** Input of `blacklists.create`. */
export interface BlacklistInput {
  /** Name of the blacklist. */
  name: string;
  /** Purpose of the blacklist. */
  description?: string | undefined;
  [field: string]: unknown;
}

/**
 * A company on a blacklist. It is matched by `external_id`, else by the domain of `website_url` (recommended), else by
 * `company_name` and `city`, else by `company_name`.
 */
export interface BlacklistEntry {
  /** Your own id of the company: an exact match. */
  external_id?: string | undefined;
  /** URL of the company's website: a match by domain is reliable. */
  website_url?: string | undefined;
  /** Name of the company: a good match together with the city, a fair one alone. */
  company_name?: string | undefined;
  /** City of the company. */
  city?: string | undefined;
  [field: string]: unknown;
}

/** A blacklist entry as stored by the server. */
export interface StoredBlacklistEntry extends BlacklistEntry {
  /** Identifier to remove the entry with. */
  id: string;
}

/** Progress of a list that is sent in batches. */
export interface Sent {
  /** Number of items that the server has accepted, counted from the start of the list. */
  sent: number;
  /** Number of items in the list. */
  total: number;
  /** The server's response to each batch. Its fields are not documented. */
  results: unknown[];
}
