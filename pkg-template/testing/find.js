import { refusal } from "./errors.js";

/** The code of a 404 and what it says, where the documentation gives one and where it does not. */
export const MISSING = Object.freeze({
  orders: "ORDER_NOT_FOUND",
  prospectSearches: "PROSPECT_SEARCH_NOT_FOUND",
  blacklists: "BLACKLIST_NOT_FOUND",
});

const UNNAMED = { companies: "company", prospects: "prospect", searchProfiles: "search profile creation" };

/** The refusal of what is not there, or not for this key to see. */
export function absent(kind) {
  const message = UNNAMED[kind] && `No such ${UNNAMED[kind]} is visible to this key`;
  return refusal(MISSING[kind] ?? "NOT_FOUND", { message });
}

/**
 * Wraps a handler that needs the item which the path names.
 *
 * @param {string} kind
 * @param {(item: object, context: object) => object} handle
 */
export const withItem = (kind, handle) => (context) => {
  const item = context.world.shelves[kind].get(context.grant.organisation, context.params[0]);
  return item === undefined ? absent(kind) : handle(item, context);
};
