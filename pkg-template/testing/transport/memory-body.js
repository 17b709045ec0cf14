import { broken } from "../faults/broken.js";
import { createStream } from "./environment.js";

/**
 * The body of a response in memory: complete, or half of it followed by a reset or a stalled connection. Chunks are
 * enqueued only when the reader requests them, so that an abort before a read rejects that read.
 *
 * @param {Uint8Array} bytes
 * @param {{kind: "reset" | "stall", at: "body"} | undefined} ending
 * @param {AbortSignal | undefined} signal
 * @param {{aborted: boolean}} record
 */
export function planBody(bytes, ending, signal, record) {
  let rest = ending ? bytes.subarray(0, bytes.length >> 1) : bytes;
  let leave;
  const finish = () => signal?.removeEventListener("abort", leave);
  // Everything was already enqueued unless the body stalls: only a stalled response is cut short by a disconnect.
  const gone = () => {
    if (ending?.kind === "stall") record.aborted = true;
    finish();
  };

  return createStream(
    {
      start(controller) {
        leave = () => {
          gone();
          controller.error(signal.reason);
        };
        signal?.addEventListener("abort", leave, { once: true });
      },
      pull(controller) {
        if (rest.length > 0) {
          controller.enqueue(rest);
          rest = rest.subarray(rest.length);
          if (ending) return undefined;
        }
        if (ending?.kind === "stall") return new Promise(() => {});
        finish();
        if (ending) controller.error(broken("terminated"));
        else controller.close();
        return undefined;
      },
      cancel: gone,
    },
    { highWaterMark: 0 },
  );
}
