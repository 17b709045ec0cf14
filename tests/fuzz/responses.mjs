// The responses of a script, as a `fetch` function returns them.

/** A body in chunks, so that characters are split. */
function chunked(bytes, size) {
  let at = 0;
  return {
    getReader: () => ({
      read: async () => {
        if (at >= bytes.length) return { done: true, value: undefined };
        at += size;
        return { done: false, value: bytes.subarray(at - size, at) };
      },
    }),
  };
}

/** A response with any status, headers and bytes; `size` is the chunk size, 0 for a body in one chunk with a length. */
function response({ status, headers, body }, size) {
  const bytes = Buffer.from(body, "hex");
  const all = new Map(Object.entries(headers));
  if (size === 0) all.set("content-length", String(bytes.length));
  return {
    status,
    type: "basic",
    headers: { get: (name) => all.get(name) ?? null },
    body: chunked(new Uint8Array(bytes), size || bytes.length),
    text: async () => new TextDecoder().decode(bytes),
  };
}

/** A `fetch` that returns one response after the other, and then repeats the last one. `trip` is the latency in ms. */
export function makeFetch({ answers }, clock, trip, size) {
  /** @type {string[]} */
  const urls = [];
  const fetch = async (url, { signal }) => {
    const answer = answers[Math.min(urls.length, answers.length - 1)];
    urls.push(url);
    if (answer === "stall")
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    clock.pass(trip);
    if (answer === "reset") throw new TypeError("reset");
    return response(answer, size);
  };
  return { urls, fetch };
}
