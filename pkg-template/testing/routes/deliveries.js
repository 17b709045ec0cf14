import { createDestination } from "./destination.js";
import { invalid } from "./errors.js";
import { MISSING, withItem } from "../data/find.js";
import { companiesOf, prospectsOf } from "../data/groups.js";
import { pageResponse } from "./pages.js";
import { createCache } from "../data/cache.js";
import { route } from "./route.js";

/** @import { Item } from "../data/collection.js" */
/** @import { ApiResponse } from "./route.js" */

const DATETIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?$/;

/**
 * The instant after which a company must have been delivered. A time without an offset is UTC.
 *
 * @param {URLSearchParams} query
 * @returns {{since?: number, rejection?: ApiResponse}}
 */
function readSince(query) {
  const provided = query.getAll("delivered_since").at(-1);
  if (provided === undefined) return { since: -Infinity };
  const zoned = /(?:Z|[+-]\d{2}:?\d{2})$/.test(provided) ? provided : `${provided}Z`;
  const since = DATETIME.test(provided) ? Date.parse(zoned) : NaN;
  if (!Number.isNaN(since)) return { since };
  return { rejection: invalid([{ field: "delivered_since", error: "must be an ISO 8601 date and time", provided }]) };
}

/** @type {ReturnType<typeof createCache<Item[]>>} */
const cached = createCache();

const companies = withItem("prospectSearches", (search, context) => {
  const { world, grant, query } = context;
  const { since = -Infinity, rejection } = readSince(query);
  if (rejection) return rejection;
  const blacklists = world.assigned.get(search);
  // A company that a test provides without a time was delivered before any instant, so it is never new.
  /** @param {Item} company */
  const isNew = ({ delivered_at: at }) => since === -Infinity || (at !== undefined && Date.parse(at) > since);
  const delivered = cached(
    search,
    `${since} ${world.exclusionSignature(blacklists)} ${world.collections.companies.revision(grant.organisation)}`,
    () => {
      const exclusion = world.exclusion(blacklists);
      return companiesOf(world, grant.organisation, search.id).filter(
        (company) => isNew(company) && !exclusion.match(company),
      );
    },
  );
  /** @param {Item} company */
  const view = (company) => ({ ...company, prospects: prospectsOf(world, grant.organisation, company.id) });
  return pageResponse(delivered, context, { name: "companies", view });
});

// The vendor's sample identifies a delivery by a bare number, and no page explains it. Companies are delivered for a
// prospect search, so the mock uses the id of a search as that of a delivery, and its 404 for the undocumented one.
const destinations = withItem("prospectSearches", (search, context) => createDestination(search.id, context));

export const DELIVERIES = [
  route(
    "GET",
    "/api/v1/deliveries/{prospect_search_id}/companies",
    ["companies:read", "prospects:read"],
    companies,
    MISSING.prospectSearches,
  ),
  // No page assigns the scope to the operation: it is the only scope for writing deliveries.
  route(
    "POST",
    "/api/v1/deliveries/{delivery_id}/destinations",
    ["deliveries:write"],
    destinations,
    MISSING.prospectSearches,
  ),
];
