/** Every order status the documentation names, in the order in which a reader meets them. */
export const ORDER_STATUSES = Object.freeze([
  "RECEIVED",
  "ACCEPTED",
  "IN_PROGRESS",
  "COMPLETED",
  "REJECTED",
  "FAILED",
  "CANCELLED",
]);

const FIRST_WORDS = ["Copper", "Quiet", "Paper", "Violet", "Hollow", "Amber", "Drifting", "Seventh"];
const SECOND_WORDS = ["Orchard", "Lantern", "Kettle", "Harbour", "Meadow", "Compass", "Thimble", "Marble"];
const FEATURES = ["COMPANY_DATA", "CONTACTS", "TECHNOLOGIES"];

// Seeded dates stand still: the same seed gives the same bytes on any day.
const FIRST_DAY = Date.UTC(2026, 0, 5, 8);
const HOUR = 3_600_000;

const name = (random) => `${random.pick(FIRST_WORDS)} ${random.pick(SECOND_WORDS)} (made up)`;
const time = (index, hours = 0) => new Date(FIRST_DAY + (index * 7 + hours) * HOUR).toISOString();

/** One made-up order. */
export function sampleOrder(random, index) {
  const discovery = random.next() < 0.5;
  const status = ORDER_STATUSES[index % ORDER_STATUSES.length];
  const order = {
    id: random.uuid(),
    title: `Sample order ${index + 1}: ${name(random)}`,
    order_type: discovery ? "DISCOVERY" : "ENRICHMENT",
    status,
    profile_id: random.uuid(),
    features: FEATURES.slice(0, random.between(1, FEATURES.length)),
    briefing_quantity: random.between(1, 200),
    created_at: time(index),
    updated_at: time(index, random.between(1, 48)),
  };
  if (status === "REJECTED") order.message = "Sample reason: the briefing is too wide";
  return order;
}

/** One made-up prospect search. */
export function sampleProspectSearch(random, index) {
  return { id: random.uuid(), name: `Sample search ${index + 1}: ${name(random)}`, status: "active" };
}

/** One made-up blacklist. */
export function sampleBlacklist(random, index) {
  return {
    id: random.uuid(),
    name: `Sample blacklist ${index + 1}: ${name(random)}`,
    description: "Made-up companies that no order may return",
    created_at: time(index),
    updated_at: time(index, 1),
  };
}
