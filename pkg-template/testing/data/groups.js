/** @import { Collection, Item } from "./collection.js" */
/** @import { World } from "./world.js" */
/** @typedef {Map<string, Item[]>} Groups */

/**
 * Groups the items of a collection by a field, for each organization; cached until its items change.
 *
 * @param {string} field
 * @returns {(collection: Collection, organisation: string, value: string) => Item[]}
 */
function createGrouping(field) {
  /** @type {WeakMap<Collection, Map<string, {revision: number, groups: Groups}>>} */
  const cache = new WeakMap();
  return (collection, organisation, value) => {
    const own = cache.get(collection) ?? new Map();
    cache.set(collection, own);
    const revision = collection.revision(organisation);
    if (own.get(organisation)?.revision !== revision)
      own.set(organisation, { revision, groups: groupBy(collection.list(organisation), field) });
    return own.get(organisation).groups.get(value) ?? [];
  };
}

/**
 * @param {Item[]} items
 * @param {string} field
 */
function groupBy(items, field) {
  /** @type {Groups} */
  const groups = new Map();
  for (const item of items) {
    const group = groups.get(item[field]);
    if (group) group.push(item);
    else groups.set(item[field], [item]);
  }
  return groups;
}

const bySearch = createGrouping("prospect_search_id");
const byCompany = createGrouping("company_id");

/**
 * The companies of a prospect search.
 *
 * @param {World} world
 * @param {string} organisation
 * @param {string} searchId
 */
export const companiesOf = ({ collections }, organisation, searchId) =>
  bySearch(collections.companies, organisation, searchId);

/**
 * The prospects of a company.
 *
 * @param {World} world
 * @param {string} organisation
 * @param {string} companyId
 */
export const prospectsOf = ({ collections }, organisation, companyId) =>
  byCompany(collections.prospects, organisation, companyId);
