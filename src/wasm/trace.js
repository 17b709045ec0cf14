// Where a call began. An error is made long after its call has returned, when the caller is no longer on the stack.

/** Room for the client's own frames beside those that a platform keeps by itself. */
const OWN_FRAMES = 8;

/**
 * Remembers the stack of now. `own` is how many JavaScript frames of the client stand between its wasm code and the
 * caller.
 */
export function captureTrace(own) {
  const limit = Error.stackTraceLimit;
  const holder = {};
  if (typeof limit === "number") Error.stackTraceLimit = limit + OWN_FRAMES;
  // V8 formats such a stack only when it is read, which is seldom.
  if (Error.captureStackTrace) Error.captureStackTrace(holder, captureTrace);
  else holder.stack = new Error().stack;
  if (typeof limit === "number") Error.stackTraceLimit = limit;
  return { frames: () => callersFrames(holder.stack, own, limit) };
}

/** The lines from the caller's on; nothing if the stack is in a form we do not know. */
function callersFrames(stack, own, limit) {
  const lines = String(stack ?? "").split("\n");
  const isWasm = (line) => line.includes("wasm-function[");
  let at = lines.findIndex(isWasm);
  if (at < 0) return "";
  while (at < lines.length && isWasm(lines[at])) at += 1;
  return lines.slice(at + own, typeof limit === "number" ? at + own + limit : undefined).join("\n");
}
