/** What a key is and may do. */
export interface KeyValidation {
  /** Whether the key is active. */
  valid: boolean;
  /** What it may do. */
  scopes: Open<ApiScope>[];
  [field: string]: unknown;
}

/** The documented scopes of a key. */
export type ApiScope =
  | "orders:read"
  | "orders:write"
  | "companies:read"
  | "prospects:read"
  | "prospect_searches:read"
  | "prospect_searches:write"
  | "blacklists:read"
  | "blacklists:write"
  /** Older documentation only, in a sample of another tool. */
  | "deliveries:write";

/** The states of an order. COMPLETED, REJECTED, FAILED and CANCELLED are final. */
export type OrderStatus = "RECEIVED" | "ACCEPTED" | "IN_PROGRESS" | "COMPLETED" | "REJECTED" | "FAILED" | "CANCELLED";

/** The states of a search profile creation. SUCCEEDED and FAILED are final. */
export type SearchProfileStatus = "PENDING" | "RUNNING" | "SUCCEEDED" | "FAILED";

/** What an order is for, in older documentation. */
export type OrderType = "ENRICHMENT" | "DISCOVERY";

/** What an order is to bring, in older documentation; more values may exist. */
export type OrderFeature = "COMPANY_DATA" | "CONTACTS" | "TECHNOLOGIES";

/** A review of a company. */
export type ReviewStatus = "accepted" | "rejected" | "pending";

/** An order of companies. Which fields it has beside these is not documented. */
export interface Order {
  /** Opaque: its form may change. */
  id: string;
  /** COMPLETED: results are ready. REJECTED, FAILED, CANCELLED: none will come. Others: it goes on. */
  status: Open<OrderStatus>;
  /** Why it was rejected. The field's name is inferred. */
  message?: string | null;
  [field: string]: unknown;
}

/** What orders of both kinds have. */
export interface OrderBase {
  /** The search profile to order from: the `profile_id` of a finished creation. The field's name is inferred. */
  profile_id?: string | undefined;
  /** What you call it. Older documentation only. */
  title?: string | undefined;
  /** What it is for; follows from `briefing_quantity` or `companies`. Older documentation only. */
  order_type?: Open<OrderType> | undefined;
  /** What it is to bring. Older documentation only. */
  features?: Open<OrderFeature>[] | undefined;
  /** Older documentation only: the search profile, by name. */
  profile_name?: string | undefined;
  [field: string]: unknown;
}

/** An order for a number of companies that fit the profile. */
export interface DiscoveryOrder extends OrderBase {
  /** Number of qualified companies wanted. */
  briefing_quantity: number;
  companies?: undefined;
}

/** An order for contacts of given companies. */
export interface EnrichmentOrder extends OrderBase {
  /** 1 to 10,000 companies; they count as qualified. */
  companies: OrderCompany[];
  briefing_quantity?: undefined;
}

/** What `orders.create` takes: a number of companies or given ones, never both. */
export type OrderInput = DiscoveryOrder | EnrichmentOrder;

/** A company given in an order (fields from older documentation). */
export interface OrderCompany {
  /** Its name. */
  company_name?: string | undefined;
  /** Your own id; the result has it as `source_id`. */
  external_id?: string | undefined;
  /** The address of its website: the surest way to recognise it. */
  website_url?: string | undefined;
  /** Where it is. */
  city?: string | undefined;
  /** English name of the country. */
  country?: string | undefined;
  [field: string]: unknown;
}

/** What an order brought; its shape is not documented beyond `source_id`. */
export interface OrderResult {
  /** The `external_id` that an enrichment order gave; null for discovery. */
  source_id?: string | null | undefined;
  [field: string]: unknown;
}

/** What `searchProfiles.create` takes. Which fields are required is not documented. */
export interface SearchProfileInput {
  /** What you call it. */
  profile_name?: string | undefined;
  /** What the companies looked for are like, in free text. */
  ideal_customer_profile?: string | undefined;
  /** What you sell, in free text. */
  seller_offering?: string | undefined;
  /** Your own industry. */
  seller_industry?: string | undefined;
  /** Where to look: two-letter country codes. */
  target_countries?: string[] | undefined;
  /** Where to look: names of cities. */
  target_cities?: string[] | undefined;
  /** Industries to look in. */
  target_industries?: string[] | undefined;
  /** Industries to leave out. */
  excluded_industries?: string[] | undefined;
  /** Roles of the people to find, such as "Head of Purchasing". */
  contact_roles?: string[] | undefined;
  /** Language of what is written about the companies: a two-letter code, such as `en`. */
  output_language?: string | undefined;
  [field: string]: unknown;
}

/** The making of a search profile. */
export interface SearchProfileCreation {
  /** What to ask for it by. The field's name is inferred. */
  id: string;
  /** PENDING, RUNNING: it goes on. SUCCEEDED: order from `profile_id`. FAILED: try again with a new idempotency key. */
  status: Open<SearchProfileStatus>;
  /** Once SUCCEEDED: what to order from. */
  profile_id?: string | null;
  [field: string]: unknown;
}

/** A search for companies. */
export interface ProspectSearch {
  /** Opaque: its form may change. */
  id: string;
  /** What you call it. */
  name: string;
  /** Its values are not documented. */
  status: string;
  /** Older documentation only: goes up with each change, and is sent back with the next one. */
  version?: number;
  [field: string]: unknown;
}

/** What `prospectSearches.update` takes (older documentation only). */
export interface ProspectSearchChanges {
  /** The `version` that was read. Another one by now is a 409. */
  version: number;
  /** Names of the fields to change; all that are given, unless this is. */
  update_mask?: string[] | undefined;
  /** What you call the search. */
  name?: string | undefined;
  /** What the companies looked for are like, in free text. */
  ideal_customer_profile?: string | undefined;
  /** Dropped for others than administrators and owners. */
  geo_locations?: unknown;
  /** Dropped for others than administrators and owners. */
  search_keywords?: unknown;
  [field: string]: unknown;
}

/** The changes that `edit` sends; it adds the version. */
export type EditedFields = Optional<ProspectSearchChanges>;

/** A changed search, and which of the changes were dropped. */
export interface ProspectSearchUpdate extends ProspectSearch {
  /** Changes that were dropped, since the key's owner may not make them. The others were made. */
  stripped_fields?: string[];
}

/** A company found by a search (fields from older documentation). */
export interface Company {
  /** Opaque: its form may change. */
  id: string;
  /** The search that found it. */
  prospect_search_id?: string;
  /** Its name. */
  name?: string;
  /** Where it is. */
  city?: string;
  /** Full name of the country. */
  country?: string;
  /** What it does. */
  business_type?: string;
  /** The address of its website. */
  website?: string;
  /** How well it fits the search, from 0 to 10. */
  match_score?: number;
  /** What a person made of it. */
  review_status?: Open<ReviewStatus>;
  [field: string]: unknown;
}

/** A company that was delivered, with its contacts. */
export interface DeliveredCompany {
  /** Opaque: its form may change. */
  id: string;
  /** Its name. */
  name: string;
  /** The contacts in it. */
  prospects: Prospect[];
  [field: string]: unknown;
}

/** A contact; its shape is not documented. */
export interface Prospect {
  /** Opaque: its form may change. */
  id?: string;
  [field: string]: unknown;
}

/** Which companies to list (from older documentation). */
export interface CompanyParams extends PageParams {
  /** The search whose companies to list. Older documentation requires it. */
  prospect_search_id?: string | undefined;
  /** The lowest match score, from 0 to 10. */
  min_match_score?: number | undefined;
  /** Companies of that review only. */
  review_status?: Open<ReviewStatus> | undefined;
  /** Several statuses; preferred to `review_status`. */
  review_status_list?: Open<ReviewStatus>[] | undefined;
  /** Found in name, city, business type or contacts. */
  search?: string | undefined;
}

/** Which deliveries to list. */
export interface DeliveryParams extends PageParams {
  /**
   * Only companies delivered after this instant: a Date, or a text in ISO 8601 with a date that is on the calendar. Any other
   * text is a `ConfigurationError`.
   */
  delivered_since?: string | Date | undefined;
}

/** What is to be told of each delivered company (older documentation only). */
export interface DestinationInput {
  /** How to tell. */
  type: Open<"webhook">;
  /** Where to: each qualified company is sent there as JSON. */
  url: string;
  /** How your server knows the vendor's. */
  auth_type?: Open<"bearer"> | undefined;
  /** The secret that your server asks for. It is sent to the vendor, and kept in no error or event. */
  auth_token?: string | undefined;
  [field: string]: unknown;
}

/** What the service says of itself (oldest documentation only). */
export interface Health {
  /** The service's name. */
  service: string;
  /** How it is. */
  status: Open<"healthy">;
  [field: string]: unknown;
}

/** A list of companies that are not to be delivered. */
export interface Blacklist {
  /** Opaque: its form may change. */
  id: string;
  /** What you call it. */
  name: string;
  /** What it is for. */
  description?: string | null;
  [field: string]: unknown;
}

/** What `blacklists.create` takes. */
export interface BlacklistInput {
  /** What you call it. */
  name: string;
  /** What it is for. */
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
  /** Its website: a match of the domain is a sure one. */
  website_url?: string | undefined;
  /** Its name: with the city a good match, alone a fair one. */
  company_name?: string | undefined;
  /** Where it is. */
  city?: string | undefined;
  [field: string]: unknown;
}

/** An entry as it is stored. */
export interface StoredBlacklistEntry extends BlacklistEntry {
  /** What to remove it by. */
  id: string;
}

/** How far a list came that was sent in parts. */
export interface Sent {
  /** Items that the server accepted: the first so many of the list. */
  sent: number;
  /** Items in the list. */
  total: number;
  /** What the server answered to each part; the shape is not documented. */
  results: unknown[];
}
