import { headerOf } from "./attempt.js";
import { callOf, perform, refused } from "./calls.js";
import { createError } from "./errors.js";
import { own } from "./misuse.js";
import { waitOptions } from "./options.js";
import { filledPath } from "./request.js";
import { tell } from "./tell.js";
import { monotonic, pause } from "./wait.js";

/** What `Client.nextLook` says of a state that does not change any more. */
const SUCCEEDED = -1;
const FAILED = -2;

/** Waits until what a row of the table of operations gets is done: the resource then. */
export function waitUntilDone(client, method, template, [id, given], trace) {
  try {
    const path = filledPath(template, [id]);
    const options = waitOptions(given);
    return looks(client, { whole: true, method, path }, options, trace);
  } catch (error) {
    return refused(client, error, trace);
  }
}

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

    const after = client.constructor.nextLook(status, pollMs, look, headerOf(answer, "retry-after"), headerOf(answer, "date"));
    if (after === SUCCEEDED) return resource;
    if (after === FAILED) {
      const words = textOf(resource, "message");
      throw ended({ kind: "terminal_status", code: "TERMINAL_STATUS", status, resource }, `ended as ${status}${words === undefined ? "" : `: ${words}`}`);
    }
    if (monotonic() + after >= deadline) throw late(status);
    await pause(after, signal);
  }

  function late(status) {
    const fields = { kind: "timeout", code: "TIMEOUT", scope: "deadline", mayHaveBeenApplied: false, attempts: [] };
    return ended(fields, `still ${status} after all of ${Math.floor(limit)} ms (deadlineMs)`);
  }

  function ended(fields, words) {
    const record = { ...fields, message: `${method} ${path} → ${words}`, method, path, retryable: false };
    return createError(client.scrubbed(record), undefined, trace);
  }
}
