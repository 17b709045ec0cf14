import { isRecord } from "../options.js";
import { sampleCompany } from "./seed-companies.js";

/** @import { DeliverySeed, MockCompany, MockKind, SeedItem } from "../index.d.ts" */
/** @import { Item } from "./collection.js" */
/** @import { World } from "./world.js" */

/**
 * Copies a value through JSON: a caller that changes its copy does not change the mock's state.
 *
 * @param {unknown} value
 */
const copyJson = (value) => JSON.parse(JSON.stringify(value));

/**
 * @param {unknown} value
 * @returns {value is number}
 */
const isCount = (value) => Number.isSafeInteger(value) && /** @type {number} */ (value) >= 0;

/** @param {unknown} value */
const areRecords = (value) => Array.isArray(value) && value.every(isRecord);

/**
 * @param {unknown} isValid
 * @param {string} method
 * @param {string} expected
 * @returns {asserts isValid}
 */
function check(isValid, method, expected) {
  if (!isValid) throw new TypeError(`${method}: expected ${expected}`);
}

/**
 * Delivers companies for a prospect search, now. A company with a known id is delivered again.
 *
 * @param {World} world
 * @param {string} searchId
 * @param {number | readonly DeliverySeed[]} seeds
 * @returns {MockCompany[]}
 */
export function deliver(world, searchId, seeds) {
  const { collections, random } = world;
  const organisation = world.organisations.find((one) => collections.prospectSearches.get(one, searchId) !== undefined);
  check(organisation !== undefined, "deliver", `the id of a prospect search, not ${searchId}`);
  check(isCount(seeds) || areRecords(seeds), "deliver", "a count or an array of companies");
  const now = new Date(world.now()).toISOString();
  const before = collections.companies.list(organisation).length;
  /** @type {Item[]} */
  const items = isCount(seeds)
    ? Array.from({ length: seeds }, (_, index) => sampleCompany(random, before + index, searchId, () => now))
    : copyJson(seeds);
  for (const { prospects } of items)
    check(
      prospects === undefined || areRecords(prospects),
      "deliver",
      "the prospects of a company as an array of objects",
    );

  const companies = items.map(({ prospects, ...item }) => ({
    ...item,
    id: item.id ?? random.uuid(),
    prospect_search_id: searchId,
    delivered_at: item.delivered_at ?? now,
  }));
  collections.companies.put(organisation, companies);
  items.forEach(({ prospects }, index) => {
    if (prospects === undefined) return;
    const { id } = companies[index];
    const previous = collections.prospects.list(organisation).filter((prospect) => prospect.company_id === id);
    collections.prospects.remove(organisation, new Set(previous.map((prospect) => prospect.id)));
    collections.prospects.put(
      organisation,
      prospects.map((/** @type {Item} */ prospect) => ({
        ...prospect,
        id: prospect.id ?? random.uuid(),
        company_id: id,
        prospect_search_id: searchId,
      })),
    );
  });
  return copyJson(companies);
}

/**
 * Adds items of a kind. Their states begin now.
 *
 * @param {World} world
 * @param {MockKind} kind
 * @param {number | readonly SeedItem[]} seeds
 * @returns {Item[]}
 */
export function add(world, kind, seeds) {
  const { collections, lifecycle, kinds } = world;
  check(kinds.includes(kind), "add", `one of the kinds ${kinds.join(", ")}, not ${kind}`);
  check(isCount(seeds) || areRecords(seeds), "add", "a count or an array of objects");
  const added = isCount(seeds) ? world.generate(kind, seeds) : world.withOwners(kind, copyJson(seeds));
  const ids = new Set();
  for (const { organisation, item } of added) {
    const key = JSON.stringify([organisation, item.id]);
    check(
      collections[kind].get(organisation, item.id) === undefined && !ids.has(key),
      "add",
      `new ids; there is one with the id ${item.id}`,
    );
    ids.add(key);
  }
  for (const { organisation, item } of added) {
    lifecycle.begin(item);
    collections[kind].add(organisation, item);
  }
  return copyJson(added.map(({ item }) => item));
}
