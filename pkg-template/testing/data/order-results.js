import { createCache } from "./cache.js";
import { sampleContact, sampleFirm } from "./seed-companies.js";

// A generated enrichment order has no companies; its results still refer to some.
const sourceOf = (order, index) => (order.order_type === "ENRICHMENT" ? `sample-${index + 1}` : null);

function resultAt(order, index, world) {
  const random = world.streamOf(`result ${index}`, order.id);
  const sent = order.companies?.[index];
  const firm = sampleFirm(random, index);
  const known = sent && {
    name: sent.company_name ?? firm.name,
    city: sent.city ?? firm.city,
    country: sent.country ?? firm.country,
    website: sent.website_url ?? firm.website,
  };
  return {
    id: random.uuid(),
    source_id: sent ? (sent.external_id ?? null) : sourceOf(order, index),
    ...firm,
    ...known,
    match_score: random.between(0, 100) / 10,
    contacts: Array.from({ length: random.between(0, 3) }, () => sampleContact(random)),
  };
}

// A company is matched as it was sent: a generated website must not match a blacklist.
const barredBy = (barrier, order) => (result, index) => barrier.match(order.companies?.[index] ?? result) !== undefined;

const cached = createCache();

/**
 * The results of a completed order, without those that its blacklists exclude. They are generated on request, so that
 * an order for very many companies costs no more than its page.
 */
export function orderResults(order, world) {
  const length = order.companies?.length ?? order.briefing_quantity ?? 0;
  const range = (from, to) =>
    Array.from({ length: Math.max(0, Math.min(to, length) - from) }, (_, step) => resultAt(order, from + step, world));
  return cached(order, world.barrierSign(order.blacklist_ids), () => {
    const barrier = world.barrier(order.blacklist_ids);
    if (barrier.size === 0) return { length, slice: range };
    const barred = barredBy(barrier, order);
    return range(0, length).filter((result, index) => !barred(result, index));
  });
}
