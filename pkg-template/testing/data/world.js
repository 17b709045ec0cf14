import { createExclusion } from "./companies.js";
import { createLifecycle } from "./lifecycle.js";
import { createRandom } from "./random.js";
import { sampleBlacklist, sampleOrder, sampleProspectSearch, sampleSearchProfile } from "./seed.js";
import { sampleCompany, sampleProspect } from "./seed-companies.js";
import { pastTimes } from "./seed-text.js";
import { Collection } from "./collection.js";

/** @import { MockKind, SeedItem } from "../index.d.ts" */
/** @import { Settings } from "../options.js" */
/** @import { Item } from "./collection.js" */
/** @import { Random } from "./random.js" */

/** @typedef {ReturnType<typeof createWorld>} World */
/** @typedef {ReturnType<typeof createExclusion>} Exclusion */
/** @typedef {Record<MockKind | "entries", Collection>} Collections `entries`: those of all blacklists, by blacklist. */
/** @typedef {{organisation: string, item: Item}} OwnedItem */
/** @typedef {(random: Random, index: number) => Item} Generator */

/** @type {Record<MockKind, (all: Collections, organisation: string, times: (index: number) => string) => Generator>} */
const SAMPLES = {
  orders: () => sampleOrder,
  prospectSearches: () => sampleProspectSearch,
  blacklists: () => sampleBlacklist,
  searchProfiles: () => sampleSearchProfile,
  // A company belongs to a search, a prospect to a company: they are distributed evenly.
  companies: (collections, organisation, times) => {
    const searches = collections.prospectSearches.list(organisation);
    return (random, index) =>
      sampleCompany(random, index, searches[index % searches.length]?.id ?? random.uuid(), times);
  },
  prospects: (collections, organisation) => {
    const companies = collections.companies.list(organisation);
    /** @param {Random} random */
    const unknown = (random) => ({ id: random.uuid(), prospect_search_id: random.uuid() });
    return (random, index) => sampleProspect(random, companies[index % companies.length] ?? unknown(random));
  },
};

const KINDS = /** @type {MockKind[]} */ (Object.keys(SAMPLES));

/**
 * Default fields of the items that a test provides.
 *
 * @type {Partial<Record<MockKind, object>>}
 */
const DEFAULTS = { prospectSearches: { version: 1 }, searchProfiles: { profile_id: null } };

/**
 * The complete state of one mock.
 *
 * @param {Settings} settings
 * @param {() => number} now
 */
export function createWorld(settings, now) {
  const random = createRandom(settings.seed, "created");
  const [home] = [...settings.grants.values()].map((grant) => grant.organisation);
  const collections = /** @type {Collections} */ ({ entries: new Collection() });
  /**
   * The items that a test provides, with their owners and default fields.
   *
   * @param {MockKind} kind
   * @param {readonly SeedItem[]} items
   * @returns {OwnedItem[]}
   */
  const withOwners = (kind, items) =>
    items.map(({ organisation = home, ...item }) => ({
      organisation,
      item: { ...DEFAULTS[kind], ...item, id: item.id ?? random.uuid() },
    }));
  for (const kind of KINDS) {
    const seeds = settings[kind];
    const provided = Array.isArray(seeds) ? withOwners(kind, JSON.parse(JSON.stringify(seeds))) : [];
    collections[kind] = new Collection((organisation) => {
      if (Array.isArray(seeds))
        return provided.filter((row) => row.organisation === organisation).map((row) => row.item);
      const stream = createRandom(settings.seed, `${kind} of ${organisation}`);
      const make = SAMPLES[kind](collections, organisation, pastTimes(now(), seeds));
      return Array.from({ length: seeds }, (_, index) => make(stream, index));
    });
  }

  /**
   * Generates more items for the first organization.
   *
   * @param {MockKind} kind
   * @param {number} count
   * @returns {OwnedItem[]}
   */
  function generate(kind, count) {
    const before = collections[kind].list(home).length;
    const make = SAMPLES[kind](collections, home, pastTimes(now(), before + count));
    return Array.from({ length: count }, (_, index) => ({ organisation: home, item: make(random, before + index) }));
  }

  /**
   * A random stream for each item: data that depends on the item is the same each time it is generated.
   *
   * @param {string} data
   * @param {string} id
   */
  const streamOf = (data, id) => createRandom(settings.seed, `${data} of ${id}`);
  const lifecycle = createLifecycle({
    now,
    durations: settings.durations,
    complete: (item) => {
      if (item.status === "SUCCEEDED") item.profile_id ??= streamOf("profile", item.id).uuid();
    },
  });

  return {
    collections,
    kinds: KINDS,
    withOwners,
    generate,
    random,
    now,
    streamOf,
    lifecycle,
    listShape: settings.listShape,
    /**
     * The creations by organization and idempotency key.
     *
     * @type {Map<string, {body: string, profile: Item}>}
     */
    replays: new Map(),
    /**
     * The ids of the blacklists of a prospect search.
     *
     * @type {WeakMap<Item, string[]>}
     */
    assigned: new WeakMap(),
    organisations: [...new Set([...settings.grants.values()].map((grant) => grant.organisation))],
    /** @param {string[]} [ids] of blacklists */
    exclusion: (ids = []) => createExclusion(ids.flatMap((id) => collections.entries.list(id))),
    /**
     * A signature of the entries of these blacklists, which changes when the entries change.
     *
     * @param {string[]} [ids]
     */
    exclusionSignature: (ids = []) => JSON.stringify(ids.map((id) => [id, collections.entries.revision(id)])),
  };
}
