import { CORS_HEADERS, preflightHeaders } from "./cors.js";
import { FaultQueue } from "./fault-queue.js";
import { applyFault, faultName } from "./faults.js";
import { memoryFetch } from "./memory.js";
import { operate } from "./operate.js";
import { readOptions } from "./options.js";
import { createRecord } from "./record.js";
import { createWorld } from "./world.js";

/** Statuses that HTTP allows no body. */
const BODILESS = [204, 205, 304];

const plain = (answer) => ({
  status: answer.status,
  bytes: new TextEncoder().encode(JSON.stringify(answer.body)),
  headers: { ...answer.headers, "content-type": "application/json" },
  commit: true,
  skewMs: 0,
});

/**
 * Builds a mock. `answer` decides, and whoever carries the answer (memory or a socket) only acts its plan out.
 *
 * @param {object | undefined} options
 * @param {(answer: Function, options: object | undefined) => Promise<object>} listen how this environment serves
 */
export function createMock(options, listen) {
  const settings = readOptions(options);
  const world = createWorld(settings);
  const faults = new FaultQueue();
  const requests = [];
  let count = 0;

  /**
   * @param {{method: string, url: URL, headers: Record<string, string>, text: string}} incoming
   * @returns {{plan: {status: number, headers: Record<string, string>, bytes: Uint8Array | null, delayMs: number, ending?: {kind: "reset" | "stall", at: "headers" | "body"}}, record: object}}
   */
  function answer(incoming) {
    const now = settings.now();
    const record = createRecord(count + 1, now, incoming);
    if (record.method === "OPTIONS") {
      return { record, plan: { status: 204, headers: preflightHeaders(record.headers), bytes: null, delayMs: 0 } };
    }
    count += 1;
    requests.push(record);
    const fault = faults.take(record);
    if (fault) record.fault = faultName(fault);

    const request = { ...record, query: incoming.url.searchParams, text: incoming.text };
    const { answer: real, route, grant } = operate(request, world, settings.grants);
    const made = fault ? applyFault(fault, { request, real, route, grant, now }) : plain(real);
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
    async serve(where) {
      return listen(answer, where);
    },
  };
}
