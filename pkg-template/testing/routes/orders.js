import { COUNT, problemsOf, problemsOfList, readObject, TEXT, TEXTS } from "./body.js";
import { COMPANY_RULES, MAX_COMPANIES } from "../data/companies.js";
import { invalid } from "./errors.js";
import { notFound, MISSING, findUnknownBlacklist, withItem } from "../data/find.js";
import { orderResults } from "../data/order-results.js";
import { pageResponse } from "./pages.js";
import { ok, route } from "./route.js";

/** @import { Item } from "../data/collection.js" */
/** @import { World } from "../data/world.js" */
/** @import { Rules } from "./body.js" */
/** @import { Problem } from "./errors.js" */
/** @import { Handler } from "./route.js" */

/** @type {Rules} */
const RULES = {
  profile_id: TEXT,
  profile_name: TEXT,
  title: TEXT,
  order_type: [(value) => value === "ENRICHMENT" || value === "DISCOVERY", "must be ENRICHMENT or DISCOVERY"],
  features: TEXTS,
  briefing_quantity: COUNT,
  blacklist_ids: TEXTS,
};

/**
 * @param {any} body
 * @param {string} field
 */
const has = (body, field) => body[field] !== undefined && body[field] !== null;

/**
 * A body with neither a profile nor a type is accepted: no accessible page says which one is required.
 *
 * @param {any} body
 * @returns {Problem[]}
 */
function kindProblems(body) {
  const { order_type: type, briefing_quantity: quantity, companies } = body;
  if (has(body, "companies") && has(body, "briefing_quantity")) {
    return [{ field: "briefing_quantity", error: "must be omitted if companies are sent", provided: quantity }];
  }
  if (type === "DISCOVERY" && has(body, "companies")) {
    return [
      { field: "companies", error: "must be omitted from a DISCOVERY order", provided: companies.length ?? null },
    ];
  }
  if (type === "ENRICHMENT" && !has(body, "companies"))
    return [{ field: "companies", error: "is required", provided: null }];
  if (has(body, "profile_id") && !has(body, "companies") && !has(body, "briefing_quantity")) {
    return [{ field: "briefing_quantity", error: "is required unless companies are sent", provided: null }];
  }
  return [];
}

/** @type {Handler} */
function create({ world, grant, text }) {
  const { value, rejection } = readObject(text);
  if (rejection) return rejection;
  const problems = [
    ...problemsOf(value, RULES),
    ...kindProblems(value),
    ...(has(value, "companies")
      ? problemsOfList(value.companies, "companies", { low: 1, high: MAX_COMPANIES, rules: COMPANY_RULES })
      : []),
  ];
  if (problems.length > 0) return invalid(problems);
  const { organisation } = grant;
  const unknown = findUnknownBlacklist(value.blacklist_ids ?? [], world, organisation);
  if (unknown !== undefined) return notFound("blacklists", unknown);

  const time = new Date(world.now()).toISOString();
  const order = {
    ...value,
    order_type: value.order_type ?? (has(value, "companies") ? "ENRICHMENT" : "DISCOVERY"),
    // The server sets the quantity of an enrichment order: one for each company.
    ...(has(value, "companies") && { briefing_quantity: value.companies.length }),
    id: world.random.uuid(),
    status: "RECEIVED",
    created_at: time,
    updated_at: time,
  };
  const commit = () => {
    world.lifecycle.begin(order);
    world.collections.orders.add(organisation, order);
  };
  return { status: 201, body: order, commit };
}

/** @param {World} world */
const updated = (world) => (/** @type {Item} */ order) => world.lifecycle.update(order);

/** @type {Handler} */
const list = (context) =>
  pageResponse(context.world.collections.orders.list(context.grant.organisation), context, {
    name: "orders",
    view: updated(context.world),
  });

const get = withItem("orders", (order, { world }) => ok(updated(world)(order)));

// No page documents the results before completion; an empty page lets a caller that requests them too early continue
// polling.
const results = withItem("orders", (order, context) => {
  const done = updated(context.world)(order).status === "COMPLETED";
  return pageResponse(done ? orderResults(order, context.world) : [], context, { name: "results" });
});

export const ORDERS = [
  route("GET", "/api/v1/orders", ["orders:read"], list, MISSING.orders),
  route("POST", "/api/v1/orders", ["orders:write"], create, MISSING.orders),
  route("GET", "/api/v1/orders/{order_id}", ["orders:read"], get, MISSING.orders),
  route("GET", "/api/v1/orders/{order_id}/results", ["orders:read"], results, MISSING.orders),
];
