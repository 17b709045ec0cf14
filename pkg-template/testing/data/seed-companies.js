import { fakeName, fakeTime } from "./seed-text.js";

/** @import { Item } from "./collection.js" */
/** @import { Random } from "./random.js" */

/**
 * Possible results of a company's review.
 *
 * @type {readonly string[]}
 */
export const REVIEWS = Object.freeze(["accepted", "rejected", "pending"]);

const TRADES = ["Kettle makers", "Map drawers", "Clock menders", "Paper mills"];
const CITIES = ["Sampleton", "Mockford", "Exampleburg"];
const ROLES = ["Head of purchasing", "Managing director", "Workshop lead"];
const FORENAMES = ["Ada", "Bo", "Cleo", "Dario", "Ines"];
const SURNAMES = ["Sample", "Muster", "Exemple", "Esempio"];
const TOOLS = [
  ["Shopkeeper", "shop"],
  ["Pagemaker", "content"],
  ["Countess", "analytics"],
  ["Postbox", "mail"],
];

/**
 * The fields that a company has in every response.
 *
 * @param {Random} random
 * @param {number} index
 */
export function sampleFirm(random, index) {
  return {
    name: fakeName(random),
    city: random.pick(CITIES),
    country: "Sampleland",
    business_type: random.pick(TRADES),
    website: `https://firm-${index + 1}.example`,
  };
}

/**
 * Generates one company of a prospect search.
 *
 * @param {Random} random
 * @param {number} index
 * @param {string} searchId
 * @param {(index: number) => string} times
 * @returns {Item}
 */
export function sampleCompany(random, index, searchId, times) {
  return {
    id: random.uuid(),
    prospect_search_id: searchId,
    ...sampleFirm(random, index),
    match_score: random.between(0, 100) / 10,
    review_status: REVIEWS[index % REVIEWS.length],
    delivered_at: times(index),
  };
}

/**
 * Generates one person.
 *
 * @param {Random} random
 */
export function sampleContact(random) {
  const [first, last] = [random.pick(FORENAMES), random.pick(SURNAMES)];
  return {
    first_name: first,
    last_name: last,
    job_title: random.pick(ROLES),
    email: `${first}.${last}@mail.example`.toLowerCase(),
  };
}

/**
 * Generates one prospect of a company.
 *
 * @param {Random} random
 * @param {{id?: string, prospect_search_id?: string}} company
 * @returns {Item}
 */
export function sampleProspect(random, company) {
  const id = `ps_${random.uuid().replaceAll("-", "").slice(0, 16)}`;
  return { id, company_id: company.id, prospect_search_id: company.prospect_search_id, ...sampleContact(random) };
}

/**
 * The job openings of a company.
 *
 * @param {Random} random
 * @param {Item} company
 * @returns {Item[]}
 */
export function sampleJobs(random, company) {
  return Array.from({ length: random.between(0, 4) }, (_, index) => ({
    id: random.uuid(),
    company_id: company.id,
    title: random.pick(ROLES),
    city: company.city,
    posted_at: fakeTime(index),
  }));
}

/**
 * The technologies of a company's website.
 *
 * @param {Random} random
 */
export function sampleTechnologies(random) {
  return TOOLS.filter(() => random.next() < 0.5).map(([name, category]) => ({ name, category }));
}
