import { headerOf } from "./attempt.js";
import { callOf, perform, refused } from "./calls.js";
import { monotonic } from "./clock.js";
import { createError } from "./errors.js";
import { own } from "./misuse.js";
import { waitOptions } from "./options.js";
import { filledPath } from "./request.js";
import { tell } from "./tell.js";
import { pause } from "./wait.js";

/** What `Client.nextLook` says of a state that does not change any more. */
const SUCCEEDED = Infinity;
const FAILED = -Infinity;

/** Waits until what a row of the table of operations gets is done: the resource then. */
export function waitUntilDone(client, method, template, [id, given], trace) {
  try {
    const path = filledPath(template, [id]);
    const options = waitOptions(given);
    return looks(client, { whole: true, method, path, isFresh: true }, options, trace);
  } catch (error) {
    return refused(client, error, trace);
  }
}

/** A `Date` holds no later one. */
const LAST_INSTANT = 8.64e15;

function textOf(resource, name) {
  const text = own(resource, name);
  return typeof text === "string" ? text : undefined;
}

async function looks(client, request, { signal, deadlineMs, pollMs, onStatus }, trace) {
  const limit = deadlineMs ?? Infinity;
  const deadline = monotonic() + limit;
  const { method, path } = request;
  let before;
  for (let look = 0; ; look += 1) {
    const left = deadline - monotonic();
    // A pause may end late, as when the machine slept.
    if (left <= 0) throw late(before);
    const answer = await perform(client, () => callOf(request, { signal, atMostMs: left }), trace);
    const resource = answer.data;
    const status = textOf(resource, "status") ?? "";
    if (status !== before) tell(onStatus, status, resource);
    before = status;

    const after = client.nextLook(status, pollMs, look, headerOf(answer, "retry-after"), headerOf(answer, "date"));
    if (after === SUCCEEDED) return resource;
    if (after === FAILED) {
      const words = textOf(resource, "message");
      throw ended({ kind: "terminal_status", code: "TERMINAL_STATUS", status, resource }, `ended as ${status}${words === undefined ? "" : `: ${words}`}`);
    }
    // The server asks for a longer wait than maxRetryAfterMs, which ends a wait as it ends a call.
    if (after < 0) throw tooLong(-after);
    if (monotonic() + after >= deadline) throw late(status);
    await pause(after, signal);
  }

  function late(status) {
    const fields = { kind: "timeout", code: "TIMEOUT", scope: "deadline", mayHaveBeenApplied: false, attempts: [] };
    return ended(fields, `still ${status} after all of ${Math.floor(limit)} ms (deadlineMs)`);
  }

  function tooLong(wait) {
    const why = { kind: "rate_limit", code: "RATE_LIMIT", status: 429, retryable: true, stoppedBy: "retry_after", mayHaveBeenApplied: false, attempts: [] };
    const until = { retryAfterMs: wait, retryAt: Math.min(Date.now() + wait, LAST_INSTANT), resolution: "Wait again then, or raise maxRetryAfterMs." };
    return ended({ ...why, ...until }, `429 RATE_LIMIT: not polled again, the server asks to wait ${Math.ceil(wait / 1000)} s, longer than maxRetryAfterMs`);
  }

  function ended(fields, words) {
    const { resource, ...record } = { retryable: false, ...fields, message: `${method} ${path} → ${words}`, method, path };
    return createError({ ...client.scrubbed(record), resource: client.scrubbed(resource) }, undefined, trace);
  }
}
