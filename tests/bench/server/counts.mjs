// What the server saw. A request is early if the server had said, and the client could know, that it should come later.

/** A refusal is on its way for a moment: requests that left before it arrived are not early. */
const ON_ITS_WAY_MS = 100;

export function createCounts() {
  const attempts = new Map();
  const announced = [];
  let knownUntil = -Infinity;
  const counts = {
    requests: 0,
    successes: 0,
    refusals: 0,
    errors: 0,
    earlyOwn: 0,
    earlyShared: 0,
    firstAt: null,
    lastAt: null,
    lastSuccessAt: null,
  };

  return {
    counts,
    /** A request has arrived; `call` names the call that it is an attempt of. */
    arrived(now, call) {
      counts.requests += 1;
      counts.firstAt ??= now;
      counts.lastAt = now;
      while (announced.length > 0 && announced[0].at + ON_ITS_WAY_MS <= now) {
        knownUntil = Math.max(knownUntil, announced.shift().until);
      }
      if (now < knownUntil) counts.earlyShared += 1;
      if (now < (attempts.get(call) ?? -Infinity)) counts.earlyOwn += 1;
    },
    /** It is answered; `waitMs` is what the answer asks the caller to wait. */
    answered(now, call, status, waitMs) {
      if (status < 300) {
        counts.successes += 1;
        counts.lastSuccessAt = now;
      } else if (status === 429) {
        counts.refusals += 1;
      } else {
        counts.errors += 1;
      }
      if (waitMs === undefined) return;
      announced.push({ at: now, until: now + waitMs });
      if (call !== null) attempts.set(call, now + waitMs);
    },
  };
}
