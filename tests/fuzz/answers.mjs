// What a script's attempts bring, as `fetch` would give it.

/** Bytes in pieces, so that letters are cut in the middle. */
function pieces(bytes, size) {
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

/** A response with any status, headers and bytes; `size` is that of the pieces, 0 for a body of known length that comes in one. */
function response({ status, headers, body }, size) {
  const bytes = Buffer.from(body, "hex");
  const all = new Map(Object.entries(headers));
  if (size === 0) all.set("content-length", String(bytes.length));
  return {
    status,
    type: "basic",
    headers: { get: (name) => all.get(name) ?? null },
    body: pieces(new Uint8Array(bytes), size || bytes.length),
    text: async () => new TextDecoder().decode(bytes),
  };
}

/** A `fetch` that brings one answer after the other; the last one stays. */
export function makeFetch({ answers }, clock, trip, size) {
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
