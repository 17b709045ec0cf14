import { invalid } from "./errors.js";
import { readFilter } from "../data/company-filter.js";
import { notFound, MISSING, withItem } from "../data/find.js";
import { companiesOf, prospectsOf } from "../data/groups.js";
import { pageResponse } from "./pages.js";
import { createCache } from "../data/cache.js";
import { ok, route } from "./route.js";
import { sampleJobs, sampleTechnologies } from "../data/seed-companies.js";

/** @import { Item } from "../data/collection.js" */
/** @import { World } from "../data/world.js" */
/** @import { Context, Handler } from "./route.js" */

/** @type {ReturnType<typeof createCache<Item[]>>} */
const cached = createCache();

/** @type {Handler} */
function list(context) {
  const { world, grant, query } = context;
  const { problems, filter } = readFilter(query, (company) => prospectsOf(world, grant.organisation, company.id));
  if (problems) return invalid(problems);
  const { searchId, matches, signature } = filter;
  const search = world.collections.prospectSearches.get(grant.organisation, searchId);
  if (search === undefined) return notFound("prospectSearches", searchId);
  const revisions = [world.collections.companies, world.collections.prospects].map((collection) =>
    collection.revision(grant.organisation),
  );
  const found = cached(search, `${signature} ${revisions}`, () =>
    companiesOf(world, grant.organisation, searchId).filter(matches),
  );
  return pageResponse(found, context, { name: "companies" });
}

/**
 * @param {Item} company
 * @param {World} world
 */
const jobsOf = (company, world) => sampleJobs(world.streamOf("jobs", company.id), company);

/**
 * @param {Item} company
 * @param {World} world
 */
const technologiesOf = (company, world) => sampleTechnologies(world.streamOf("technologies", company.id));

/**
 * @param {Record<string, any>[]} items
 * @param {string} field
 */
function countBy(items, field) {
  /** @type {Record<string, number>} */
  const counts = {};
  for (const item of items) counts[item[field]] = (counts[item[field]] ?? 0) + 1;
  return counts;
}

const get = withItem("companies", (company) => ok(company));

// The four shapes below are invented: no accessible page of the vendor shows them.
const jobs = withItem("companies", (company, context) =>
  pageResponse(jobsOf(company, context.world), context, { name: "jobs" }),
);

const jobsSummary = withItem("companies", (company, { world }) => {
  const all = jobsOf(company, world);
  return ok({ company_id: company.id, total: all.length, by_title: countBy(all, "title") });
});

const webtech = withItem("companies", (company, { world }) =>
  ok({ company_id: company.id, technologies: technologiesOf(company, world) }),
);

const webtechSummary = withItem("companies", (company, { world }) => {
  const all = technologiesOf(company, world);
  return ok({ company_id: company.id, total: all.length, by_category: countBy(all, "category") });
});

const SCOPES = ["companies:read"];

/**
 * @param {string} path
 * @param {Handler} handle
 */
const at = (path, handle) => route("GET", `/api/v1/companies/{company_id}${path}`, SCOPES, handle, MISSING.companies);

export const COMPANIES = [
  route("GET", "/api/v1/companies", SCOPES, list, MISSING.prospectSearches),
  at("", get),
  at("/jobs", jobs),
  at("/jobs/summary", jobsSummary),
  at("/webtech-intel", webtech),
  at("/webtech-intel/summary", webtechSummary),
];
