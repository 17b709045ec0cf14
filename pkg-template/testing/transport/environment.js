// Classes that are missing where a DOM emulation replaces Node's globals (jest with jsdom): most are taken from Node
// itself.

/**
 * @param {string} name
 * @returns {any}
 */
function nodeModule(name) {
  try {
    return globalThis.process.getBuiltinModule(name);
  } catch {
    return undefined;
  }
}

/**
 * @param {string} name
 * @param {string} module the module of Node that has the class, too
 * @returns {any}
 */
function platformClass(name, module) {
  const Class = Reflect.get(globalThis, name) ?? nodeModule(module)?.[name];
  if (Class === undefined)
    throw new Error(
      `mockOpenProspect: this environment has no ${name}; ` +
        `it needs Node 20.16 or newer, or a setup file that adds ${name}`,
    );
  return Class;
}

/**
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer>}
 */
export const encode = (text) => new (platformClass("TextEncoder", "node:util"))().encode(text);

/**
 * @param {ArrayBufferView} bytes
 * @returns {string}
 */
const decode = (bytes) => new (platformClass("TextDecoder", "node:util"))().decode(bytes);

/**
 * @param {UnderlyingDefaultSource<Uint8Array<ArrayBuffer>>} source
 * @param {QueuingStrategy} strategy
 * @returns {ReadableStream<Uint8Array<ArrayBuffer>>}
 */
export const createStream = (source, strategy) =>
  new (platformClass("ReadableStream", "node:stream/web"))(source, strategy);

/**
 * Throws the reason of a signal that is aborted.
 *
 * @param {AbortSignal | undefined} signal
 */
export function throwIfAborted(signal) {
  if (signal?.aborted) throw signal.reason;
}

/**
 * @typedef {object} FetchRequest
 * @property {string} method
 * @property {string} url
 * @property {Record<string, string>} headers
 * @property {string} text
 * @property {RequestRedirect} redirect
 */

/**
 * The request of a `fetch` call.
 *
 * @param {RequestInfo | URL} input
 * @param {RequestInit} [init]
 * @returns {Promise<FetchRequest>}
 */
export async function readRequest(input, init) {
  if (globalThis.Request === undefined) return readPlainRequest(input, init);
  // The signal stays outside of the Request, which would keep a listener on it.
  const request = new Request(input, { ...init, signal: null });
  const { method, url, redirect } = request;
  return { method, url, redirect, headers: Object.fromEntries(request.headers), text: await request.text() };
}

/**
 * @param {any} input
 * @param {object} init
 * @returns {Promise<FetchRequest>}
 */
async function readPlainRequest(input, init = {}) {
  /** @type {Record<string, any>} */
  const request = {
    ...(typeof input?.url === "string"
      ? { url: input.url, method: input.method, headers: input.headers }
      : { url: String(input) }),
    ...init,
  };
  const { url, method = "GET", headers = {}, body, redirect = "follow" } = request;
  const pairs = typeof headers[Symbol.iterator] === "function" ? [...headers] : Object.entries(headers);
  const lower = Object.fromEntries(pairs.map(([name, value]) => [name.toLowerCase(), String(value)]));
  if (typeof body === "string") lower["content-type"] ??= "text/plain;charset=UTF-8";
  const text = ArrayBuffer.isView(body)
    ? decode(body)
    : typeof body?.text === "function"
      ? await body.text()
      : String(body ?? "");
  return {
    method: method.toUpperCase(),
    url: new URL(url, globalThis.location?.href).href,
    redirect,
    headers: lower,
    text,
  };
}

/**
 * A response as `fetch` returns it. A response that a program constructs has no URL; this one has.
 *
 * @param {ReadableStream<Uint8Array<ArrayBuffer>> | null} body
 * @param {{status: number, headers: Record<string, string>, url: string, redirected: boolean}} init
 * @returns {Response}
 */
export function createResponse(body, { status, headers, url, redirected }) {
  const response =
    globalThis.Response === undefined
      ? /** @type {Response} */ (/** @type {unknown} */ (new PlainResponse(body, status, headers)))
      : new Response(body, { status, headers });
  Object.defineProperties(response, { url: { value: url }, redirected: { value: redirected } });
  return response;
}

/** A minimal `Response` for environments without one, for programs that read JSON. */
class PlainResponse {
  type = "default";
  statusText = "";
  bodyUsed = false;

  /**
   * @param {ReadableStream<Uint8Array<ArrayBuffer>> | null} body
   * @param {number} status
   * @param {Record<string, string>} headers
   */
  constructor(body, status, headers) {
    this.body = body;
    this.status = status;
    this.headers = new PlainHeaders(headers);
  }

  get ok() {
    return this.status >= 200 && this.status <= 299;
  }

  async text() {
    if (this.bodyUsed) throw new TypeError("Body is unusable: Body has already been read");
    this.bodyUsed = true;
    if (this.body === null) return "";
    const bytes = [];
    const reader = this.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      bytes.push(...value);
    }
    return decode(Uint8Array.from(bytes));
  }

  async json() {
    return JSON.parse(await this.text());
  }
}

/** `Headers` of such a response. Unlike jsdom's, they are read-only. */
class PlainHeaders {
  /** @type {Map<string, string>} */
  #pairs;

  /** @param {Record<string, string>} headers */
  constructor(headers) {
    const pairs = Object.entries(headers).map(([name, value]) => /** @type {const} */ ([name.toLowerCase(), value]));
    this.#pairs = new Map(pairs.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** @param {string} name */
  get(name) {
    return this.#pairs.get(String(name).toLowerCase()) ?? null;
  }

  /** @param {string} name */
  has(name) {
    return this.#pairs.has(String(name).toLowerCase());
  }

  /** @param {(value: string, name: string, headers: this) => void} each */
  forEach(each) {
    for (const [name, value] of this) each(value, name, this);
  }

  keys() {
    return this.#pairs.keys();
  }

  values() {
    return this.#pairs.values();
  }

  entries() {
    return this.#pairs.entries();
  }

  [Symbol.iterator]() {
    return this.entries();
  }
}
