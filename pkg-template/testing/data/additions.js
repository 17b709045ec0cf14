import { isRecord } from "../options.js";
import { sampleCompany } from "./seed-companies.js";

/** Copies a value through JSON: a caller that changes its copy does not change the mock's state. */
const copied = (value) => JSON.parse(JSON.stringify(value));

const isCount = (value) => Number.isSafeInteger(value) && value >= 0;
const areRecords = (value) => Array.isArray(value) && value.every(isRecord);

function need(good, method, expected) {
  if (!good) throw new TypeError(`${method}: expected ${expected}`);
}

/** Delivers companies for a prospect search, now. A company with a known id is delivered again. */
export function deliver(world, searchId, given) {
  const { collections, random } = world;
  const organisation = world.organisations.find((one) => collections.prospectSearches.get(one, searchId) !== undefined);
  need(organisation !== undefined, "deliver", `the id of a prospect search, not ${searchId}`);
  need(isCount(given) || areRecords(given), "deliver", "a count or an array of companies");
  const now = new Date(world.now()).toISOString();
  const before = collections.companies.list(organisation).length;
  const items = isCount(given)
    ? Array.from({ length: given }, (_, index) => sampleCompany(random, before + index, searchId, () => now))
    : copied(given);
  for (const { prospects } of items)
    need(
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
    const older = collections.prospects.list(organisation).filter((prospect) => prospect.company_id === id);
    collections.prospects.remove(organisation, new Set(older.map((prospect) => prospect.id)));
    collections.prospects.put(
      organisation,
      prospects.map((prospect) => ({
        ...prospect,
        id: prospect.id ?? random.uuid(),
        company_id: id,
        prospect_search_id: searchId,
      })),
    );
  });
  return copied(companies);
}

/** Adds items of a kind. Their states begin now. */
export function add(world, kind, given) {
  const { collections, lifecycle, kinds } = world;
  need(kinds.includes(kind), "add", `one of the kinds ${kinds.join(", ")}, not ${kind}`);
  need(isCount(given) || areRecords(given), "add", "a count or an array of objects");
  const made = isCount(given) ? world.madeUp(kind, given) : world.owned(kind, copied(given));
  const ids = new Set();
  for (const { organisation, item } of made) {
    const sign = JSON.stringify([organisation, item.id]);
    need(
      collections[kind].get(organisation, item.id) === undefined && !ids.has(sign),
      "add",
      `new ids; there is one with the id ${item.id}`,
    );
    ids.add(sign);
  }
  for (const { organisation, item } of made) {
    lifecycle.begin(item);
    collections[kind].add(organisation, item);
  }
  return copied(made.map(({ item }) => item));
}
