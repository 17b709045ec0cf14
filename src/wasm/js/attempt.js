// One attempt: a request out through `fetch`, the response and its body back. What it means is not decided here.

import { createController, hasCache, platformClass } from "./environment.js";
import { after, onAbort, reasonOf } from "./wait.js";

/** How an attempt ended. */
const DONE = 0;
const ABORTED = 1;
const LATE = 2;
const THREW = 3;
const TOO_LONG = 4;

/** A timer that is later than this was held up, by work or by sleep, and so was what came in the meantime. */
const HELD_UP = 50;

/** No error body says more than this has room for; what is longer is left unread. */
const READ_CAP = 1024 * 1024;
/** Nor is there a success that has more. Parsed, it may take 23 times as much memory, and an engine that has none left ends the process. */
const DATA_CAP = 64 * READ_CAP;
/** The names under which servers and gateways tell their name for an exchange; the vendor documents none. */
const REQUEST_ID = ["x-request-id", "request-id", "x-correlation-id", "cf-ray"];

/** Those of which one is there when a server tells its quota. */
const QUOTA = ["ratelimit", "ratelimit-remaining", "x-ratelimit-remaining", "x-rate-limit-remaining"];

/** What is known of an attempt. */
class Seen {
  how = DONE;
  /** The signal's reason, or what was thrown. */
  cause = undefined;
  /** 0 until a response is there, and for a redirect that a browser hides. */
  status = 0;
  isRedirect = false;
  response = undefined;
  /** The parsed body of a 2xx. */
  data = undefined;
  /** Any other body, as far as it came. */
  text = undefined;
}

/** A request as `fetch` takes it, with the headers of all and its own. */
export function createWire(method, url, base, own, body) {
  const headers = { ...base, ...own };
  if (body !== undefined && !Object.hasOwn(headers, "content-type")) headers["content-type"] = "application/json";
  return { method, url, headers, body };
}

/**
 * What comes of a function, unless the time is up or the caller stops it first. The promise is never rejected.
 *
 * `start` is given what is filled in and the signal by which it is stopped.
 */
function within(ms, signal, start) {
  return new Promise((resolve) => {
    const seen = new Seen();
    if (signal?.aborted) {
      seen.how = ABORTED;
      seen.cause = reasonOf(signal);
      resolve(seen);
      return;
    }
    const controller = createController();
    let isOver = false;
    const end = (how, cause) => {
      if (isOver) return;
      isOver = true;
      seen.how = how;
      seen.cause = cause;
      cancel();
      off();
      resolve(seen);
    };
    const stop = (how, cause) => {
      end(how, cause);
      controller.abort();
    };
    const late = () => stop(LATE);
    let cancel = after(ms, (by) => {
      // An answer that waits to be read is read first.
      if (by > HELD_UP) cancel = after(HELD_UP, late);
      else late();
    });
    const off = onAbort(signal, () => stop(ABORTED, reasonOf(signal)));
    start(seen, controller).then((how = DONE) => end(how, seen.cause), (cause) => end(THREW, cause));
  });
}

/** Sends the request and reads the answer. */
export function attempt(fetch, wire, ms, signal) {
  return within(ms, signal, (seen, controller) => exchange(fetch, wire, seen, controller));
}

/** Waits for a promise: `data` is what it brings. */
export function promised(promise, ms, signal) {
  return within(ms, signal, async (seen) => {
    seen.data = await promise;
  });
}

/**
 * What an ordinary object inherits, and nothing that was added to its prototype: `fetch` takes inherited options for given ones,
 * and a wrapper may call `init.hasOwnProperty`. What assignments add is enumerable.
 */
const ORDINARY = Object.create(null, Object.fromEntries(Object.entries(Object.getOwnPropertyDescriptors(Object.prototype)).filter(([name, { enumerable }]) => !enumerable && name !== "__proto__")));

async function exchange(fetch, { url, method, headers, body }, seen, controller) {
  // A wrapper may change the headers: those of the next attempt are others.
  const init = { __proto__: ORDINARY, method, headers: { ...headers }, redirect: "manual", signal: controller.signal };
  if (body !== undefined) init.body = once(fetch, body);
  if (hasCache()) init.cache = "no-store";
  const response = await fetch(url, init);
  seen.response = response;
  const { status, type } = response;
  seen.isRedirect = type === "opaqueredirect" || (status >= 301 && status <= 308 && ![304, 305, 306].includes(status));
  // A test double may give anything.
  if (!seen.isRedirect && !(status >= 100 && status <= 599)) throw new TypeError("fetch gave no response");
  seen.status = status;
  const isSuccess = status >= 200 && status <= 299;
  // An error's body may break or stall: the status is known by now, and decides. What came is kept.
  const isWhole = !seen.isRedirect && await (isSuccess ? readText(response, DATA_CAP, seen) : readText(response, READ_CAP, seen).catch(() => false));
  if (!isWhole) controller.abort();
  if (isSuccess) return parse(method, seen, isWhole);
}

/**
 * Deno itself sends a request again, a POST too, when the connection that it had from before breaks: the server would do the
 * work twice while the client knows of one attempt. Not so with a body that it has to read.
 */
function once(fetch, body) {
  return typeof Deno === "object" && fetch === globalThis.fetch ? new Blob([body]) : body;
}

/** A success body is parsed by the engine, and never enters wasm memory. One that cannot be is shown. */
function parse(method, seen, isWhole) {
  const { text, status } = seen;
  seen.text = text.slice(0, READ_CAP);
  if (!isWhole) return TOO_LONG;
  try {
    // Where there is no content there is nothing to parse. A GET that brings nothing is a broken one.
    if (text !== "" || (method === "GET" && status !== 204 && status !== 205)) seen.data = JSON.parse(text);
    seen.text = undefined;
  } catch {}
}

/** Says whether the body was read to its end. The platform's own `text()` has no limit: at 2 GiB it ends Node. */
async function readText(response, most, seen) {
  seen.text = "";
  // Bun makes a stream of a body that is looked at.
  if ((most === DATA_CAP && isBounded(response)) || !response.body?.getReader) {
    const text = await response.text();
    if (typeof text !== "string") throw new TypeError("the response's text is no string");
    seen.text = text;
    return true;
  }
  const reader = response.body.getReader();
  const decoder = new (platformClass("TextDecoder"))();
  for (let length = 0; length <= most; ) {
    const { value } = await reader.read();
    if (!ArrayBuffer.isView(value)) {
      // The letter that it was cut in.
      seen.text += decoder.decode();
      return true;
    }
    seen.text += decoder.decode(value, { stream: true });
    length += value.byteLength;
  }
  return false;
}

/**
 * Whether a body can be no longer than it may: Bun takes a fifth less time then. Nothing unpacks it, as far as is shown: of another
 * origin's response a page is not shown what does.
 */
function isBounded(response) {
  const length = headerOf(response, "content-length");
  return length > 0 && length <= DATA_CAP && response.type !== "cors" && !headerOf(response, "content-encoding");
}

/** A header of a response; of what is no response, nothing. */
export function headerOf(response, name) {
  try {
    const value = response.headers.get(name);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The server's name for the exchange. */
export function requestIdOf(response) {
  for (const name of REQUEST_ID) {
    const value = headerOf(response, name);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** Whether any of the headers is there that tell how many requests a server still takes. */
export function tellsQuota(response) {
  return QUOTA.some((name) => headerOf(response, name) !== undefined);
}
