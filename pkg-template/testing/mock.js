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

/** Statuses for which HTTP allows no body. */
const BODILESS = [204, 205, 304];

function plain({ status, body, headers, entity, retryAfter }, errorShape) {
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
 * Builds a mock. `answer` plans the response, and the transport (memory or a socket) only executes the plan.
 *
 * @param {object | undefined} options
 * @param {(answer: Function, options: object | undefined) => Promise<object>} listen the server of this environment
 */
export function createMock(options, listen) {
  const settings = readOptions(options);
  const clock = createClock(settings.now);
  const world = createWorld(settings, clock.now);
  const limits = createLimits(settings);
  const faults = new FaultQueue();
  const requests = [];
  let count = 0;

  /**
   * @param {{method: string, url: URL, headers: Record<string, string>, text: string}} incoming
   * @returns {{plan: {status: number, headers: Record<string, string>, bytes: Uint8Array | null, delayMs: number, ending?: {kind: "reset" | "stall", at: "headers" | "body"}}, record: object}}
   */
  function answer(incoming) {
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
    const { answer: real, ...found } = dispatch(request, world, { grants: settings.grants, limits });
    const { errorShape } = settings;
    const made = fault ? applyFault(fault, { request, real, ...found, now, errorShape }) : plain(real, errorShape);
    if (made.commit) real.commit?.();

    const bytes = BODILESS.includes(made.status) || record.method === "HEAD" ? null : made.bytes;
    const headers = {
      ...CORS_HEADERS,
      date: new Date(now + made.skewMs).toUTCString(),
      "x-request-id": `req_${String(record.n).padStart(6, "0")}`,
      ...(bytes && { "content-length": String(bytes.length) }),
      ...made.headers,
    };
    for (const [name, value] of Object.entries(headers)) if (value === null) delete headers[name];
    const delayMs = made.delayMs ?? settings.latencyMs;
    return { record, plan: { status: made.status, headers, bytes, delayMs, ending: made.ending } };
  }

  return {
    fetch: memoryFetch(answer),
    requests,
    fail(...given) {
      faults.add(given);
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
    setStatus(kind, id, status, message) {
      setStatus(world, kind, id, status, message);
    },
    async serve(where) {
      return listen(answer, where);
    },
  };
}
