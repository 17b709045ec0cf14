// What the checks of the suite say: no library for that runs in every place.

const shown = (value) => {
  const text = JSON.stringify(value, (key, inner) => (inner === undefined ? "undefined" : inner));
  return text === undefined ? String(value) : text;
};

export function ok(value, what) {
  if (!value) throw new Error(what);
}

/** Equal as data: compared as JSON, in which undefined is a word. */
export function equal(actual, expected, what) {
  if (shown(actual) !== shown(expected)) throw new Error(`${what}: ${shown(actual)} instead of ${shown(expected)}`);
}

export function match(text, pattern, what) {
  if (!pattern.test(text)) throw new Error(`${what}: ${shown(text)} does not match ${pattern}`);
}

/** What a promise is rejected with. */
export async function rejection(promise) {
  let value;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`it was fulfilled with ${shown(value)}`);
}

/** What a function throws. */
export function thrown(run) {
  let value;
  try {
    value = run();
  } catch (error) {
    return error;
  }
  throw new Error(`it returned ${shown(value)}`);
}
