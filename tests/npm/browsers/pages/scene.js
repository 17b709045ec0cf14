/** The address of the suite's servers. */
export const address = () => new URLSearchParams(location.search).get("address") ?? "";

/**
 * Stores the result of a promise for the test, or the error: not every engine reports a module that fails in an await.
 *
 * @param {Promise<unknown>} promise
 */
export function leave(promise) {
  promise.then(
    (value) => {
      globalThis.done = value;
    },
    (error) => globalThis.problems.push(String(error)),
  );
}

/** The kind of the global scope, and whether the policy is enforced in it. */
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
