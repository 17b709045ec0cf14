// Where a call began. An error is made long after its call has returned, when the caller is no longer on the stack.

/** Lines of our own at the top of a stack that cannot be told where to begin: this file's, and the method's. */
const OWN = 2;

/** Remembers the stack from the caller of `method` on. Engines format it when it is read, which is seldom. */
export function captureTrace(method) {
  const trace = {};
  if (Error.captureStackTrace) {
    Error.captureStackTrace(trace, method);
    return trace;
  }
  const error = new Error();
  return { get stack() { return error.stack.split("\n").slice(OWN).join("\n"); } };
}
