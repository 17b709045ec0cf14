import { TEXT } from "../routes/body.js";

/** @import { BlacklistMatch, CompanySigns } from "../index.d.ts" */
/** @typedef {CompanySigns & {readonly id?: string}} Company */

/** Maximum number of companies in one request. */
export const MAX_COMPANIES = 10_000;

/**
 * The fields that identify a company, in order of precedence, each with a function that reads its normalized value.
 *
 * @type {[by: BlacklistMatch<any>["by"], read: (company: Company) => string | undefined][]}
 */
const IDENTIFIERS = [
  ["external_id", ({ external_id: id }) => id],
  ["website_url", ({ website_url: url, website }) => domain(url ?? website)],
  [
    "company_name+city",
    (company) => nameOf(company) && company.city && `${normalize(nameOf(company))}\n${normalize(company.city)}`,
  ],
  ["company_name", (company) => nameOf(company) && normalize(nameOf(company))],
];

/** Validation rules for the fields that describe a company. */
export const COMPANY_RULES = Object.freeze(
  Object.fromEntries(["external_id", "website_url", "company_name", "city", "country"].map((field) => [field, TEXT])),
);

const normalize = (text = "") => text.trim().toLowerCase();

/** @param {Company} company */
const nameOf = ({ company_name: companyName, name }) => companyName ?? name;

/** @param {string | undefined} text */
function domain(text) {
  if (!text) return undefined;
  try {
    const { hostname } = new URL(/^[a-z]+:\/\//i.test(text) ? text : `https://${text}`);
    return hostname.replace(/^www\./, "");
  } catch {
    return undefined;
  }
}

/**
 * The companies that a set of blacklist entries excludes.
 *
 * @template {Company} T
 * @param {readonly T[]} entries
 */
export function createExclusion(entries) {
  /** @type {Map<string, T>} */
  const excluded = new Map();
  for (const entry of entries) {
    for (const [by, read] of IDENTIFIERS) {
      const value = read(entry);
      const key = `${by}\n${value}`;
      if (value && !excluded.has(key)) excluded.set(key, entry);
    }
  }
  return {
    size: entries.length,
    /**
     * The entry that excludes a company and the fields that match, the most reliable match first.
     *
     * @param {Company} company
     * @returns {BlacklistMatch<T> | undefined}
     */
    match(company) {
      if (excluded.size === 0) return undefined;
      for (const [by, read] of IDENTIFIERS) {
        const value = read(company);
        const entry = value ? excluded.get(`${by}\n${value}`) : undefined;
        if (entry) return { entry, by };
      }
      return undefined;
    },
  };
}

/**
 * Matches one company against blacklist entries.
 *
 * @template {Company} T
 * @param {Company} company
 * @param {readonly T[]} entries
 */
export const matchBlacklist = (company, entries) => createExclusion(entries).match(company);
