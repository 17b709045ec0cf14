import { add, deliver } from "./data/additions.js";
import { createClock } from "./clock.js";
import { CORS_HEADERS, preflightHeaders } from "./transport/cors.js";
import { FaultQueue } from "./faults/queue.js";
import { applyFault, faultName } from "./faults/faults.js";
import { memoryFetch } from "./transport/memory-fetch.js";
import { dispatch } from "./routes/dispatch.js";
import { readOptions } from "./options.js";
import { createLimits } from "./limits/rate-limit.js";
import { createRecord } from "./transport/record.js";
import { setStatus } from "./data/set-status.js";
import { render } from "./routes/shapes.js";
import { createWorld } from "./data/world.js";

/** @import { ErrorShape, MockOptions, OpenProspectMock, ServedMock, ServeOptions } from "./index.d.ts" */
/** @import { Ending, Rendered } from "./faults/faults.js" */
/** @import { ApiResponse } from "./routes/route.js" */
/** @import { MockRecord } from "./transport/record.js" */

/** @typedef {{method: string, url: URL, headers: Record<string, string>, text: string}} Incoming A received request. */

/**
 * What the transport sends.
 *
 * @typedef {object} Plan
 * @property {number} status
 * @property {Record<string, string>} headers
 * @property {Uint8Array<ArrayBuffer> | null} bytes
 * @property {number} delayMs
 * @property {Ending} [ending]
 */

/** @typedef {{plan: Plan, record: MockRecord}} Planned The planned response, and the record of its request. */
/** @typedef {(incoming: Incoming) => Planned} Respond */

/** Statuses for which HTTP allows no body. */
const BODILESS = [204, 205, 304];

/**
 * The response without a fault.
 *
 * @param {ApiResponse} response
 * @param {ErrorShape} errorShape
 * @returns {Rendered}
 */
function renderPlain({ status, body, headers, entity, retryAfter }, errorShape) {
  const extra = retryAfter === undefined ? {} : { retry_after: retryAfter };
  const { bytes, contentType } = render(status >= 400 ? errorShape : undefined, {
    status,
    entity,
    error: body,
    payload: body,
    extra,
  });
  return { status, bytes, headers: { ...headers, "content-type": contentType }, commit: true, skewMs: 0 };
}

/**
 * Builds a mock. `respond` plans the response, and the transport (memory or a socket) only executes the plan.
 *
 * @param {MockOptions | undefined} options
 * @param {(respond: Respond, options?: ServeOptions) => Promise<ServedMock>} listen the server of this environment
 * @returns {OpenProspectMock}
 */
export function createMock(options, listen) {
  const settings = readOptions(options);
  const clock = createClock(settings.now);
  const world = createWorld(settings, clock.now);
  const limits = createLimits(settings);
  const faults = new FaultQueue();
  /** @type {MockRecord[]} */
  const requests = [];
  let count = 0;

  /** @type {Respond} */
  function respond(incoming) {
    const now = clock.now();
    const record = createRecord(count + 1, now, incoming);
    if (record.method === "OPTIONS") {
      return { record, plan: { status: 204, headers: preflightHeaders(record.headers), bytes: null, delayMs: 0 } };
    }
    count += 1;
    requests.push(record);
    const fault = faults.take(record);
    if (fault) record.fault = faultName(fault);

    const request = { ...record, query: incoming.url.searchParams, text: incoming.text };
    const { response: real, ...context } = dispatch(request, world, { grants: settings.grants, limits });
    const { errorShape } = settings;
    const rendered = fault
      ? applyFault(fault, { request, real, ...context, now, errorShape })
      : renderPlain(real, errorShape);
    if (rendered.commit) real.commit?.();

    const bytes = BODILESS.includes(rendered.status) || record.method === "HEAD" ? null : rendered.bytes;
    /** @type {Record<string, string | null>} */
    const headers = {
      ...CORS_HEADERS,
      date: new Date(now + rendered.skewMs).toUTCString(),
      "x-request-id": `req_${String(record.n).padStart(6, "0")}`,
      ...(bytes && { "content-length": String(bytes.length) }),
      ...rendered.headers,
    };
    for (const [name, value] of Object.entries(headers)) if (value === null) delete headers[name];
    const plan = {
      status: rendered.status,
      headers: /** @type {Record<string, string>} */ (headers),
      bytes,
      delayMs: rendered.delayMs ?? settings.latencyMs,
      ending: rendered.ending,
    };
    return { record, plan };
  }

  return {
    fetch: memoryFetch(respond),
    requests,
    fail(...added) {
      faults.add(added);
    },
    clear() {
      requests.length = 0;
      faults.clear();
    },
    advance: clock.advance,
    deliver(searchId, companies) {
      return deliver(world, searchId, companies);
    },
    add(kind, items) {
      return add(world, kind, items);
    },
    setStatus(
      /** @type {"orders" | "searchProfiles"} */ kind,
      /** @type {string} */ id,
      /** @type {string} */ status,
      /** @type {string | undefined} */ message,
    ) {
      setStatus(world, kind, id, status, message);
    },
    async serve(where) {
      return listen(respond, where);
    },
  };
}
