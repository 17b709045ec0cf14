import { createBarrier } from "./companies.js";
import { createLifecycle } from "./lifecycle.js";
import { createRandom } from "./random.js";
import { sampleBlacklist, sampleOrder, sampleProspectSearch, sampleSearchProfile } from "./seed.js";
import { sampleCompany, sampleProspect } from "./seed-companies.js";
import { pastTimes } from "./seed-text.js";
import { Collection } from "./collection.js";

const SAMPLES = {
  orders: () => sampleOrder,
  prospectSearches: () => sampleProspectSearch,
  blacklists: () => sampleBlacklist,
  searchProfiles: () => sampleSearchProfile,
  // A company belongs to a search, a prospect to a company: they are assigned in turn.
  companies: (collections, organisation, times) => {
    const searches = collections.prospectSearches.list(organisation);
    return (random, index) =>
      sampleCompany(random, index, searches[index % searches.length]?.id ?? random.uuid(), times);
  },
  prospects: (collections, organisation) => {
    const companies = collections.companies.list(organisation);
    const stray = (random) => ({ id: random.uuid(), prospect_search_id: random.uuid() });
    return (random, index) => sampleProspect(random, companies[index % companies.length] ?? stray(random));
  },
};

/** Default fields of the items that a test provides. */
const DEFAULTS = { prospectSearches: { version: 1 }, searchProfiles: { profile_id: null } };

/**
 * The complete state of one mock.
 *
 * @param {ReturnType<import("../options.js").readOptions>} settings
 * @param {() => number} now
 */
export function createWorld(settings, now) {
  const random = createRandom(settings.seed, "created");
  const [home] = [...settings.grants.values()].map((grant) => grant.organisation);
  const collections = { entries: new Collection() };
  /** The items that a test provides, with their owners and default fields. */
  const owned = (kind, items) =>
    items.map(({ organisation = home, ...item }) => ({
      organisation,
      item: { ...DEFAULTS[kind], ...item, id: item.id ?? random.uuid() },
    }));
  for (const [kind, sample] of Object.entries(SAMPLES)) {
    const wanted = settings[kind];
    const given = Array.isArray(wanted) ? owned(kind, JSON.parse(JSON.stringify(wanted))) : [];
    collections[kind] = new Collection((organisation) => {
      if (Array.isArray(wanted)) return given.filter((row) => row.organisation === organisation).map((row) => row.item);
      const stream = createRandom(settings.seed, `${kind} of ${organisation}`);
      const make = sample(collections, organisation, pastTimes(now(), wanted));
      return Array.from({ length: wanted }, (_, index) => make(stream, index));
    });
  }

  /** Generates more items for the first organization. */
  function madeUp(kind, count) {
    const before = collections[kind].list(home).length;
    const make = SAMPLES[kind](collections, home, pastTimes(now(), before + count));
    return Array.from({ length: count }, (_, index) => ({ organisation: home, item: make(random, before + index) }));
  }

  /** A random stream for each item: data that depends on the item is the same each time it is generated. */
  const streamOf = (what, id) => createRandom(settings.seed, `${what} of ${id}`);
  const lifecycle = createLifecycle({
    now,
    durations: settings.durations,
    complete: (item) => {
      if (item.status === "SUCCEEDED") item.profile_id ??= streamOf("profile", item.id).uuid();
    },
  });

  return {
    collections,
    kinds: Object.keys(SAMPLES),
    owned,
    madeUp,
    random,
    now,
    streamOf,
    lifecycle,
    listShape: settings.listShape,
    /** The creations by idempotency key. */
    replays: new Map(),
    /** The blacklists of a prospect search. */
    assigned: new WeakMap(),
    organisations: [...new Set([...settings.grants.values()].map((grant) => grant.organisation))],
    barrier: (ids = []) => createBarrier(ids.flatMap((id) => collections.entries.list(id))),
    /** A signature of the entries of these blacklists, which changes when the entries change. */
    barrierSign: (ids = []) => JSON.stringify(ids.map((id) => [id, collections.entries.revision(id)])),
  };
}
