import { COUNT, problemsOf, problemsOfList, readObject, TEXT, TEXTS } from "./body.js";
import { COMPANY_RULES, MOST_COMPANIES } from "../data/companies.js";
import { invalid } from "./errors.js";
import { absent, MISSING, strangeBlacklist, withItem } from "../data/find.js";
import { orderResults } from "../data/order-results.js";
import { answerPage } from "./pages.js";
import { ok, route } from "./route.js";

const RULES = {
  profile_id: TEXT,
  profile_name: TEXT,
  title: TEXT,
  order_type: [(value) => value === "ENRICHMENT" || value === "DISCOVERY", "must be ENRICHMENT or DISCOVERY"],
  features: TEXTS,
  briefing_quantity: COUNT,
  blacklist_ids: TEXTS,
};

const has = (body, field) => body[field] !== undefined && body[field] !== null;

// A body with neither a profile nor a type is accepted: no accessible page says which one is required.
function kindProblems(body) {
  const { order_type: type, briefing_quantity: quantity, companies } = body;
  if (has(body, "companies") && has(body, "briefing_quantity")) {
    return [{ field: "briefing_quantity", error: "must be left out where companies are given", provided: quantity }];
  }
  if (type === "DISCOVERY" && has(body, "companies")) {
    return [{ field: "companies", error: "must be left out of a DISCOVERY order", provided: companies.length ?? null }];
  }
  if (type === "ENRICHMENT" && !has(body, "companies"))
    return [{ field: "companies", error: "is required", provided: null }];
  if (has(body, "profile_id") && !has(body, "companies") && !has(body, "briefing_quantity")) {
    return [{ field: "briefing_quantity", error: "is required unless companies are given", provided: null }];
  }
  return [];
}

function create({ world, grant, text }) {
  const { value, refused } = readObject(text);
  if (refused) return refused;
  const problems = [
    ...problemsOf(value, RULES),
    ...kindProblems(value),
    ...(has(value, "companies")
      ? problemsOfList(value.companies, "companies", { low: 1, high: MOST_COMPANIES, rules: COMPANY_RULES })
      : []),
  ];
  if (problems.length > 0) return invalid(problems);
  const { organisation } = grant;
  const stranger = strangeBlacklist(value.blacklist_ids ?? [], world, organisation);
  if (stranger !== undefined) return absent("blacklists", stranger);

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

const settled = (world) => (order) => world.lifecycle.settle(order);

const list = (context) =>
  answerPage(context.world.collections.orders.list(context.grant.organisation), context, {
    name: "orders",
    view: settled(context.world),
  });

const get = withItem("orders", (order, { world }) => ok(settled(world)(order)));

// No page documents the results before completion; an empty page lets a caller that requests them too early continue
// polling.
const results = withItem("orders", (order, context) => {
  const done = settled(context.world)(order).status === "COMPLETED";
  return answerPage(done ? orderResults(order, context.world) : [], context, { name: "results" });
});

export const ORDERS = [
  route("GET", "/api/v1/orders", ["orders:read"], list, MISSING.orders),
  route("POST", "/api/v1/orders", ["orders:write"], create, MISSING.orders),
  route("GET", "/api/v1/orders/{order_id}", ["orders:read"], get, MISSING.orders),
  route("GET", "/api/v1/orders/{order_id}/results", ["orders:read"], results, MISSING.orders),
];
