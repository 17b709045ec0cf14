import { createRandom } from "./random.js";
import { sampleBlacklist, sampleOrder, sampleProspectSearch } from "./seed.js";
import { Shelf } from "./shelf.js";

const SAMPLES = {
  orders: sampleOrder,
  prospectSearches: sampleProspectSearch,
  blacklists: sampleBlacklist,
};

/**
 * All state of one mock.
 *
 * @param {ReturnType<import("./options.js").readOptions>} settings
 */
export function createWorld(settings) {
  const random = createRandom(settings.seed, "created");
  const organisations = [...new Set([...settings.grants.values()].map((grant) => grant.organisation))];
  const shelves = {};
  for (const [kind, sample] of Object.entries(SAMPLES)) {
    shelves[kind] = new Shelf();
    const wanted = settings[kind];
    if (typeof wanted === "number") {
      for (const organisation of organisations) {
        const stream = createRandom(settings.seed, `${kind} of ${organisation}`);
        for (let index = 0; index < wanted; index += 1) shelves[kind].add(organisation, sample(stream, index));
      }
      continue;
    }
    for (const given of wanted) {
      const { organisation = organisations[0], ...item } = structuredClone(given);
      shelves[kind].add(organisation, { ...item, id: item.id ?? random.uuid() });
    }
  }
  return { shelves, random, now: settings.now };
}
