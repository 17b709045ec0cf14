// The assertions of the suite, without a library, so that they run in every environment.

const shown = (value) => {
  const text = JSON.stringify(value, (key, inner) => (inner === undefined ? "undefined" : inner));
  return text === undefined ? String(value) : text;
};

export function ok(value, what) {
  if (!value) throw new Error(what);
}

/** Equal as JSON, with undefined as a string. */
export function equal(actual, expected, what) {
  if (shown(actual) !== shown(expected)) throw new Error(`${what}: ${shown(actual)} instead of ${shown(expected)}`);
}

export function match(text, pattern, what) {
  if (!pattern.test(text)) throw new Error(`${what}: ${shown(text)} does not match ${pattern}`);
}

/** The reason of a promise that must reject. */
export async function rejection(promise) {
  let value;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`did not reject, fulfilled with ${shown(value)}`);
}

/** The error of a function that must throw. */
export function thrown(run) {
  let value;
  try {
    value = run();
  } catch (error) {
    return error;
  }
  throw new Error(`did not throw, returned ${shown(value)}`);
}
