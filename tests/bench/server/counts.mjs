// The counts of the server. A request is early if it arrives before a Retry-After that the client could know.

/** The transit time of a 429: requests that the client sent before it received the response are not early. */
const TRANSIT_MS = 100;

export function createCounts() {
  const attempts = new Map();
  const announced = [];
  let knownUntil = -Infinity;
  const counts = {
    requests: 0,
    successes: 0,
    rateLimited: 0,
    errors: 0,
    earlyOwn: 0,
    earlyShared: 0,
    firstAt: /** @type {number | null} */ (null),
    lastAt: /** @type {number | null} */ (null),
    lastSuccessAt: /** @type {number | null} */ (null),
  };

  return {
    counts,
    /** Counts a request; `call` names the call that it is an attempt of. */
    arrived(now, call) {
      counts.requests += 1;
      counts.firstAt ??= now;
      counts.lastAt = now;
      while (announced.length > 0 && announced[0].at + TRANSIT_MS <= now) {
        knownUntil = Math.max(knownUntil, announced.shift().until);
      }
      if (now < knownUntil) counts.earlyShared += 1;
      if (now < (attempts.get(call) ?? -Infinity)) counts.earlyOwn += 1;
    },
    /**
     * Counts a response; `waitMs` is its Retry-After.
     *
     * @param {number} now
     * @param {string | null} call
     * @param {number} status
     * @param {number} [waitMs]
     */
    responded(now, call, status, waitMs) {
      if (status < 300) {
        counts.successes += 1;
        counts.lastSuccessAt = now;
      } else if (status === 429) {
        counts.rateLimited += 1;
      } else {
        counts.errors += 1;
      }
      if (waitMs === undefined) return;
      announced.push({ at: now, until: now + waitMs });
      if (call !== null) attempts.set(call, now + waitMs);
    },
  };
}
