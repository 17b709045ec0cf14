import { createCache } from "./cache.js";
import { sampleContact, sampleFirm } from "./seed-companies.js";

/** @import { Item } from "./collection.js" */
/** @import { Exclusion, World } from "./world.js" */
/** @typedef {{length: number, slice: (from: number, to: number) => Item[]}} Results */

/**
 * A generated enrichment order has no companies; its results still refer to some.
 *
 * @param {Item} order
 * @param {number} index
 */
const sourceOf = (order, index) => (order.order_type === "ENRICHMENT" ? `sample-${index + 1}` : null);

/**
 * @param {Item} order
 * @param {number} index
 * @param {World} world
 * @returns {Item}
 */
function resultAt(order, index, world) {
  const random = world.streamOf(`result ${index}`, order.id);
  const requested = order.companies?.[index];
  const firm = sampleFirm(random, index);
  const known = requested && {
    name: requested.company_name ?? firm.name,
    city: requested.city ?? firm.city,
    country: requested.country ?? firm.country,
    website: requested.website_url ?? firm.website,
  };
  return {
    id: random.uuid(),
    source_id: requested ? (requested.external_id ?? null) : sourceOf(order, index),
    ...firm,
    ...known,
    match_score: random.between(0, 100) / 10,
    contacts: Array.from({ length: random.between(0, 3) }, () => sampleContact(random)),
  };
}

/**
 * A company is matched as it was requested: a generated website must not match a blacklist.
 *
 * @param {Exclusion} exclusion
 * @param {Item} order
 * @returns {(result: Item, index: number) => boolean}
 */
const isExcluded = (exclusion, order) => (result, index) =>
  exclusion.match(order.companies?.[index] ?? result) !== undefined;

/** @type {ReturnType<typeof createCache<Results>>} */
const cached = createCache();

/**
 * The results of a completed order, without those that its blacklists exclude. They are generated on request, so that
 * a page of a very large order costs no more than a page of a small one.
 *
 * @param {Item} order
 * @param {World} world
 */
export function orderResults(order, world) {
  const length = order.companies?.length ?? order.briefing_quantity ?? 0;
  /**
   * @param {number} from
   * @param {number} to
   */
  const range = (from, to) =>
    Array.from({ length: Math.max(0, Math.min(to, length) - from) }, (_, step) => resultAt(order, from + step, world));
  return cached(order, world.exclusionSignature(order.blacklist_ids), () => {
    const exclusion = world.exclusion(order.blacklist_ids);
    if (exclusion.size === 0) return { length, slice: range };
    const excluded = isExcluded(exclusion, order);
    return range(0, length).filter((result, index) => !excluded(result, index));
  });
}
