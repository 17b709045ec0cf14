import { errorResponse } from "../routes/errors.js";

/** @import { MockKind } from "../index.d.ts" */
/** @import { ApiResponse, Context, Handler, Route } from "../routes/route.js" */
/** @import { Item } from "./collection.js" */
/** @import { World } from "./world.js" */

/** @typedef {{readonly code: string, readonly entity: string}} Missing The code of a 404, and the entity it names. */
/** @typedef {{entity_type: string, identifier: string}} Entity */

/**
 * @param {string} code
 * @param {string} entity
 * @returns {Missing}
 */
const missing = (code, entity) => Object.freeze({ code, entity });

/**
 * The 404 response by the kind of the missing resource. Three kinds have their own code; the others use the code that
 * older pages have for any entity. The names of the entities are inferred.
 *
 * @type {Readonly<Record<MockKind, Missing>>}
 */
export const MISSING = Object.freeze({
  orders: missing("ORDER_NOT_FOUND", "order"),
  prospectSearches: missing("PROSPECT_SEARCH_NOT_FOUND", "prospect_search"),
  blacklists: missing("BLACKLIST_NOT_FOUND", "blacklist"),
  companies: missing("ENTITY_NOT_FOUND", "company"),
  prospects: missing("ENTITY_NOT_FOUND", "prospect"),
  searchProfiles: missing("ENTITY_NOT_FOUND", "search_profile_creation"),
});

/**
 * The resource that a 404 of these older pages names.
 *
 * @param {Missing} missing
 * @param {string} id
 * @returns {Entity}
 */
const entityOf = ({ entity }, id) => ({ entity_type: entity, identifier: id });

/**
 * The resource that a path names, if any.
 *
 * @param {Route | undefined} route
 * @param {string[]} params
 */
export const entityInPath = (route, params) =>
  route?.missing && params.length > 0 ? entityOf(route.missing, params[0]) : undefined;

/**
 * The error response for a resource that does not exist or is not visible to this key.
 *
 * @param {MockKind} kind
 * @param {string} id
 * @returns {ApiResponse}
 */
export function notFound(kind, id) {
  const { code, entity } = MISSING[kind];
  const message = `No such ${entity.replaceAll("_", " ")} is visible to this key`;
  return { ...errorResponse(code, { message }), entity: entityOf(MISSING[kind], id) };
}

/**
 * Wraps a handler that needs the item that the path names.
 *
 * @param {MockKind} kind
 * @param {(item: Item, context: Context) => ApiResponse} handle
 * @returns {Handler}
 */
export const withItem = (kind, handle) => (context) => {
  const [id] = context.params;
  const item = context.world.collections[kind].get(context.grant.organisation, id);
  return item === undefined ? notFound(kind, id) : handle(item, context);
};

/**
 * The first of these blacklists that does not exist in this organization.
 *
 * @param {string[]} ids
 * @param {World} world
 * @param {string} organisation
 */
export const findUnknownBlacklist = (ids, { collections }, organisation) =>
  ids.find((id) => collections.blacklists.get(organisation, id) === undefined);
