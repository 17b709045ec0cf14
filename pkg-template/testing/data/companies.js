import { TEXT } from "../routes/body.js";

/** Maximum number of companies in one request. */
export const MOST_COMPANIES = 10_000;

/** The fields that identify a company, in order of precedence. */
const TIERS = [
  ["external_id", ({ external_id: id }) => id],
  ["website_url", ({ website_url: url, website }) => domain(url ?? website)],
  [
    "company_name+city",
    (company) => nameOf(company) && company.city && `${plain(nameOf(company))}\n${plain(company.city)}`,
  ],
  ["company_name", (company) => nameOf(company) && plain(nameOf(company))],
];

/** Validation rules for the fields that describe a company. */
export const COMPANY_RULES = Object.freeze(
  Object.fromEntries(["external_id", "website_url", "company_name", "city", "country"].map((field) => [field, TEXT])),
);

const plain = (text) => text.trim().toLowerCase();
const nameOf = ({ company_name: sent, name }) => sent ?? name;

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
 * @param {object[]} entries
 */
export function createBarrier(entries) {
  const barred = new Map();
  for (const entry of entries) {
    for (const [tier, read] of TIERS) {
      const sign = read(entry);
      const key = `${tier}\n${sign}`;
      if (sign && !barred.has(key)) barred.set(key, entry);
    }
  }
  return {
    size: entries.length,
    /** The entry that excludes a company and the fields that match, the most reliable match first. */
    match(company) {
      if (barred.size === 0) return undefined;
      for (const [tier, read] of TIERS) {
        const sign = read(company);
        const entry = sign && barred.get(`${tier}\n${sign}`);
        if (entry) return { entry, by: tier };
      }
      return undefined;
    },
  };
}

/** Matches one company against blacklist entries. */
export const matchBlacklist = (company, entries) => createBarrier(entries).match(company);
