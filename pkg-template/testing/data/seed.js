import { STATES } from "./lifecycle.js";
import { fakeName as name, fakeTime as time } from "./seed-text.js";

/** @import { Item } from "./collection.js" */
/** @import { Random } from "./random.js" */

const FEATURES = ["COMPANY_DATA", "CONTACTS", "TECHNOLOGIES"];

/**
 * Generates one order.
 *
 * @param {Random} random
 * @param {number} index
 * @returns {Item}
 */
export function sampleOrder(random, index) {
  const discovery = random.next() < 0.5;
  const status = STATES.orders[index % STATES.orders.length];
  /** @type {Item} */
  const order = {
    id: random.uuid(),
    title: `Sample order ${index + 1}: ${name(random)}`,
    order_type: discovery ? "DISCOVERY" : "ENRICHMENT",
    status,
    profile_id: random.uuid(),
    features: FEATURES.slice(0, random.between(1, FEATURES.length)),
    briefing_quantity: random.between(1, 200),
    created_at: time(index),
    updated_at: time(index, random.between(1, 48)),
  };
  if (status === "REJECTED") order.message = "Sample reason: the briefing is too wide";
  return order;
}

/**
 * Generates one prospect search.
 *
 * @param {Random} random
 * @param {number} index
 * @returns {Item}
 */
export function sampleProspectSearch(random, index) {
  return {
    id: random.uuid(),
    name: `Sample search ${index + 1}: ${name(random)}`,
    status: "active",
    version: 1,
    ideal_customer_profile: "Makers of made-up things with a workshop of their own",
    geo_locations: ["Sample Region"],
    search_keywords: ["made up"],
    language_config: { output_language: "en" },
    company_extraction_commands: [],
  };
}

/**
 * Generates one blacklist.
 *
 * @param {Random} random
 * @param {number} index
 * @returns {Item}
 */
export function sampleBlacklist(random, index) {
  return {
    id: random.uuid(),
    name: `Sample blacklist ${index + 1}: ${name(random)}`,
    description: "Made-up companies that no order may return",
    created_at: time(index),
    updated_at: time(index, 1),
  };
}

/**
 * Generates one search profile, as the response to its creation shows it.
 *
 * @param {Random} random
 * @param {number} index
 * @returns {Item}
 */
export function sampleSearchProfile(random, index) {
  return {
    id: random.uuid(),
    profile_name: `Sample profile ${index + 1}: ${name(random)}`,
    status: STATES.searchProfiles[index % STATES.searchProfiles.length],
    profile_id: null,
    created_at: time(index),
    updated_at: time(index, 1),
  };
}
