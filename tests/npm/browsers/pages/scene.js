/** Where the servers of the suite are. */
export const address = () => new URLSearchParams(location.search).get("address");

/** Leaves what comes of a promise to the test. Not every engine tells of a module that fails while it waits. */
export function leave(promise) {
  promise.then(
    (value) => {
      globalThis.done = value;
    },
    (error) => globalThis.said.push(String(error)),
  );
}

/** What kind of place this is, and that the policy holds in it. */
export function scene() {
  return { scope: Object.prototype.toString.call(globalThis).slice(8, -1), isStrict: isStrict() };
}

function isStrict() {
  try {
    (0, eval)("1");
  } catch (error) {
    return error instanceof EvalError;
  }
  return false;
}
