import { refusal } from "../routes/errors.js";

const kind = (code, entity) => Object.freeze({ code, entity });

/**
 * The 404 response by the kind of the missing resource. Three kinds have their own code; the others use the code that
 * older pages have for any entity. The names of the entities are inferred.
 */
export const MISSING = Object.freeze({
  orders: kind("ORDER_NOT_FOUND", "order"),
  prospectSearches: kind("PROSPECT_SEARCH_NOT_FOUND", "prospect_search"),
  blacklists: kind("BLACKLIST_NOT_FOUND", "blacklist"),
  companies: kind("ENTITY_NOT_FOUND", "company"),
  prospects: kind("ENTITY_NOT_FOUND", "prospect"),
  searchProfiles: kind("ENTITY_NOT_FOUND", "search_profile_creation"),
});

/** The resource that a 404 of these older pages names. */
const entityOf = ({ entity }, id) => ({ entity_type: entity, identifier: id });

/** The resource that a path names, if any. */
export const namedBy = (route, params) =>
  route?.missing && params.length > 0 ? entityOf(route.missing, params[0]) : undefined;

/** The error response for a resource that does not exist or is not visible to this key. */
export function absent(what, id) {
  const missing = MISSING[what];
  const message = `No such ${missing.entity.replaceAll("_", " ")} is visible to this key`;
  return { ...refusal(missing.code, { message }), entity: entityOf(missing, id) };
}

/**
 * Wraps a handler that needs the item that the path names.
 *
 * @param {string} what its kind
 * @param {(item: object, context: object) => object} handle
 */
export const withItem = (what, handle) => (context) => {
  const [id] = context.params;
  const item = context.world.collections[what].get(context.grant.organisation, id);
  return item === undefined ? absent(what, id) : handle(item, context);
};

/** The first of the given blacklists that does not exist in this organization. */
export const strangeBlacklist = (ids, { collections }, organisation) =>
  ids.find((id) => collections.blacklists.get(organisation, id) === undefined);
