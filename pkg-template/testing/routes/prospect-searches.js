import { problemsOf, readObject, TEXTS } from "./body.js";
import { invalid } from "./errors.js";
import { notFound, MISSING, findUnknownBlacklist, withItem } from "../data/find.js";
import { pageResponse } from "./pages.js";
import { ok, route } from "./route.js";
import { editSearch } from "./search-edit.js";

/** @import { MockOperation, Scope } from "../index.d.ts" */
/** @import { Item } from "../data/collection.js" */
/** @import { Context, Handler } from "./route.js" */

/** @type {Handler} */
const list = (context) =>
  pageResponse(context.world.collections.prospectSearches.list(context.grant.organisation), context, {
    name: "prospect_searches",
    hasMore: false,
  });

const get = withItem("prospectSearches", (search) => ok(search));

const update = withItem("prospectSearches", (search, { grant, text }) => {
  const { value, rejection } = readObject(text);
  return rejection ?? editSearch(search, value, grant.admin === true);
});

/**
 * @param {string[]} ids
 * @param {Context} context
 */
function blacklistsOf(ids, context) {
  const { world, grant } = context;
  // All of them exist: deleting a blacklist removes it from its searches.
  const found = ids.map((id) => /** @type {Item} */ (world.collections.blacklists.get(grant.organisation, id)));
  return pageResponse(found, context, { name: "blacklists" });
}

const blacklists = withItem("prospectSearches", (search, context) =>
  blacklistsOf(context.world.assigned.get(search) ?? [], context),
);

// The name `blacklist_ids` and the response are inferred; that the whole set is replaced follows from PUT.
const setBlacklists = withItem("prospectSearches", (search, context) => {
  const { world, grant, text } = context;
  const { value, rejection } = readObject(text);
  if (rejection) return rejection;
  const problems = problemsOf(value, { blacklist_ids: TEXTS }, ["blacklist_ids"]);
  if (problems.length > 0) return invalid(problems);
  /** @type {string[]} */
  const ids = [...new Set(value.blacklist_ids)];
  const unknown = findUnknownBlacklist(ids, world, grant.organisation);
  if (unknown !== undefined) return notFound("blacklists", unknown);
  return { ...blacklistsOf(ids, context), commit: () => world.assigned.set(search, ids) };
});

/**
 * @param {MockOperation["method"]} method
 * @param {string} path
 * @param {Scope} scope
 * @param {Handler} handle
 */
const at = (method, path, scope, handle) =>
  route(method, `/api/v1/prospect-searches${path}`, [scope], handle, MISSING.prospectSearches);

export const PROSPECT_SEARCHES = [
  at("GET", "", "prospect_searches:read", list),
  at("GET", "/{prospect_search_id}", "prospect_searches:read", get),
  at("PATCH", "/{prospect_search_id}", "prospect_searches:write", update),
  at("GET", "/{prospect_search_id}/blacklists", "blacklists:read", blacklists),
  at("PUT", "/{prospect_search_id}/blacklists", "blacklists:write", setBlacklists),
];
