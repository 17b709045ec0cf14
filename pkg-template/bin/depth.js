// How deeply a value is nested. All code that walks through a value is recursive, including JSON.stringify, so a
// response that is nested deeply enough exhausts the stack.

/** Far deeper than any response of the API. */
export const MAX_DEPTH = 1000;

/** @param {unknown} value */
export function isTooDeep(value) {
  let level = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) return true;
    const next = [];
    for (const item of level) {
      if (typeof item !== "object" || item === null) continue;
      for (const member of Array.isArray(item) ? item : Object.values(item))
        if (typeof member === "object" && member !== null) next.push(member);
    }
    level = next;
  }
  return false;
}
