import { problemsOf, problemsOfList, readObject, TEXT, TEXTS } from "./body.js";
import { COMPANY_RULES, MAX_COMPANIES } from "../data/companies.js";
import { invalid } from "./errors.js";
import { MISSING, withItem } from "../data/find.js";
import { pageResponse } from "./pages.js";
import { ok, route } from "./route.js";

/** @import { MockOperation, Scope } from "../index.d.ts" */
/** @import { Item } from "../data/collection.js" */
/** @import { World } from "../data/world.js" */
/** @import { Context, Handler } from "./route.js" */

const RULES = { name: TEXT, description: TEXT };
const ENTRY_FIELDS = ["external_id", "website_url", "company_name", "city"];
const ENTRY_RULES = Object.fromEntries(ENTRY_FIELDS.map((field) => [field, COMPANY_RULES[field]]));

/** @param {World} world */
const timeOf = (world) => new Date(world.now()).toISOString();

/** @type {Handler} */
const list = (context) =>
  pageResponse(context.world.collections.blacklists.list(context.grant.organisation), context, { name: "blacklists" });

/** @type {Handler} */
function create({ world, grant, text }) {
  const { value, rejection } = readObject(text);
  if (rejection) return rejection;
  const problems = problemsOf(value, RULES);
  if (problems.length > 0) return invalid(problems);
  const time = timeOf(world);
  const blacklist = { ...value, id: world.random.uuid(), created_at: time, updated_at: time };
  return {
    status: 201,
    body: blacklist,
    commit: () => world.collections.blacklists.add(grant.organisation, blacklist),
  };
}

const get = withItem("blacklists", (blacklist) => ok(blacklist));

const update = withItem("blacklists", (blacklist, { world, text }) => {
  const { value, rejection } = readObject(text);
  if (rejection) return rejection;
  const problems = problemsOf(value, RULES);
  if (value.name === undefined && value.description === undefined)
    problems.push({ field: "body", error: "must change name or description", provided: value });
  if (problems.length > 0) return invalid(problems);
  /** @type {Record<string, unknown>} */
  const changes = { updated_at: timeOf(world) };
  for (const field of Object.keys(RULES)) if (value[field] !== undefined) changes[field] = value[field];
  return ok({ ...blacklist, ...changes }, () => Object.assign(blacklist, changes));
});

const remove = withItem("blacklists", (blacklist, { world, grant }) => ({
  status: 204,
  body: null,
  commit() {
    const { collections, assigned } = world;
    collections.entries.remove(blacklist.id, new Set(collections.entries.list(blacklist.id).map((entry) => entry.id)));
    collections.blacklists.remove(grant.organisation, new Set([blacklist.id]));
    for (const search of collections.prospectSearches.list(grant.organisation)) {
      assigned.set(
        search,
        (assigned.get(search) ?? []).filter((id) => id !== blacklist.id),
      );
    }
  },
}));

// The names `entries` and `entry_ids`, and the response, are inferred: no accessible page shows them.
const addEntries = withItem("blacklists", (blacklist, { world, text }) => {
  const { value, rejection } = readObject(text);
  if (rejection) return rejection;
  const problems = problemsOfList(value.entries, "entries", { low: 1, high: MAX_COMPANIES, rules: ENTRY_RULES });
  /** @param {Record<string, unknown>} entry */
  const isBlank = (entry) => !ENTRY_FIELDS.some((field) => entry[field]);
  const blank = problems.length > 0 ? -1 : value.entries.findIndex(isBlank);
  if (blank !== -1)
    problems.push({
      field: `entries.${blank}`,
      error: `must have one of ${ENTRY_FIELDS.join(", ")}`,
      provided: value.entries[blank],
    });
  if (problems.length > 0) return invalid(problems);
  const time = timeOf(world);
  /** @type {Item[]} */
  const items = value.entries.map((/** @type {object} */ entry) => ({
    ...entry,
    id: world.random.uuid(),
    created_at: time,
  }));
  return {
    status: 201,
    body: { items, total: items.length },
    commit: () => world.collections.entries.add(blacklist.id, ...items),
  };
});

const entries = withItem("blacklists", (blacklist, context) =>
  pageResponse(context.world.collections.entries.list(blacklist.id), context, { name: "entries" }),
);

const removeEntries = withItem("blacklists", (blacklist, { world, text }) => {
  const { value, rejection } = readObject(text);
  if (rejection) return rejection;
  const problems = problemsOf(value, { entry_ids: TEXTS }, ["entry_ids"]);
  if (problems.length > 0) return invalid(problems);
  const collection = world.collections.entries;
  /** @type {string[]} */
  const entryIds = value.entry_ids;
  const found = new Set(entryIds.filter((id) => collection.get(blacklist.id, id) !== undefined));
  return ok({ removed: found.size }, () => collection.remove(blacklist.id, found));
});

/** @type {[read: Scope[], write: Scope[]]} */
const [READ, WRITE] = [["blacklists:read"], ["blacklists:write"]];

/**
 * @param {MockOperation["method"]} method
 * @param {string} path
 * @param {Scope[]} scopes
 * @param {Handler} handle
 */
const at = (method, path, scopes, handle) =>
  route(method, `/api/v1/blacklists${path}`, scopes, handle, MISSING.blacklists);

export const BLACKLISTS = [
  at("GET", "", READ, list),
  at("POST", "", WRITE, create),
  at("GET", "/{blacklist_id}", READ, get),
  at("PATCH", "/{blacklist_id}", WRITE, update),
  at("DELETE", "/{blacklist_id}", WRITE, remove),
  at("GET", "/{blacklist_id}/entries", READ, entries),
  at("POST", "/{blacklist_id}/entries", WRITE, addEntries),
  at("DELETE", "/{blacklist_id}/entries", WRITE, removeEntries),
];
