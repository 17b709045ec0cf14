import { problemsOf, readObject, TEXTS } from "./body.js";
import { invalid } from "./errors.js";
import { absent, MISSING, strangeBlacklist, withItem } from "../data/find.js";
import { answerPage } from "./pages.js";
import { ok, route } from "./route.js";
import { editSearch } from "./search-edit.js";

const list = (context) =>
  answerPage(context.world.collections.prospectSearches.list(context.grant.organisation), context, {
    name: "prospect_searches",
    hasMore: false,
  });

const get = withItem("prospectSearches", (search) => ok(search));

const update = withItem("prospectSearches", (search, { grant, text }) => {
  const { value, refused } = readObject(text);
  return refused ?? editSearch(search, value, grant.admin === true);
});

const blacklistsOf = (ids, context) =>
  answerPage(
    ids.map((id) => context.world.collections.blacklists.get(context.grant.organisation, id)),
    context,
    { name: "blacklists" },
  );

const blacklists = withItem("prospectSearches", (search, context) =>
  blacklistsOf(context.world.assigned.get(search) ?? [], context),
);

// The name `blacklist_ids` and the response are inferred; that the whole set is replaced follows from PUT.
const setBlacklists = withItem("prospectSearches", (search, context) => {
  const { world, grant, text } = context;
  const { value, refused } = readObject(text);
  if (refused) return refused;
  const problems = problemsOf(value, { blacklist_ids: TEXTS }, ["blacklist_ids"]);
  if (problems.length > 0) return invalid(problems);
  const ids = [...new Set(value.blacklist_ids)];
  const stranger = strangeBlacklist(ids, world, grant.organisation);
  if (stranger !== undefined) return absent("blacklists", stranger);
  return { ...blacklistsOf(ids, context), commit: () => world.assigned.set(search, ids) };
});

const at = (method, path, scope, handle) =>
  route(method, `/api/v1/prospect-searches${path}`, [scope], handle, MISSING.prospectSearches);

export const PROSPECT_SEARCHES = [
  at("GET", "", "prospect_searches:read", list),
  at("GET", "/{prospect_search_id}", "prospect_searches:read", get),
  at("PATCH", "/{prospect_search_id}", "prospect_searches:write", update),
  at("GET", "/{prospect_search_id}/blacklists", "blacklists:read", blacklists),
  at("PUT", "/{prospect_search_id}/blacklists", "blacklists:write", setBlacklists),
];
