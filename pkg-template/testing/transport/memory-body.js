import { createConnectionError } from "../faults/connection-error.js";
import { createStream } from "./environment.js";

/** @import { Ending } from "../faults/faults.js" */
/** @import { MockRecord } from "./record.js" */

/**
 * The body of a response in memory: complete, or half of it followed by a reset or a stalled connection. Chunks are
 * enqueued only when the reader requests them, so that an abort before a read rejects that read.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {Ending | undefined} ending
 * @param {AbortSignal | undefined} signal
 * @param {MockRecord} record
 */
export function createBody(bytes, ending, signal, record) {
  let rest = ending ? bytes.subarray(0, bytes.length >> 1) : bytes;
  let onAbort = () => {};
  const removeListener = () => signal?.removeEventListener("abort", onAbort);
  // Everything was already enqueued unless the body stalls: only a stalled response is cut short by a disconnect.
  const onDisconnect = () => {
    if (ending?.kind === "stall") record.aborted = true;
    removeListener();
  };

  return createStream(
    {
      start(controller) {
        onAbort = () => {
          onDisconnect();
          controller.error(signal?.reason);
        };
        signal?.addEventListener("abort", onAbort, { once: true });
      },
      pull(controller) {
        if (rest.length > 0) {
          controller.enqueue(rest);
          rest = rest.subarray(rest.length);
          if (ending) return undefined;
        }
        if (ending?.kind === "stall") return new Promise(() => {});
        removeListener();
        if (ending) controller.error(createConnectionError("terminated"));
        else controller.close();
        return undefined;
      },
      cancel: onDisconnect,
    },
    { highWaterMark: 0 },
  );
}
