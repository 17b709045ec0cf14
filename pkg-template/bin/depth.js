// How deeply a value is nested. Whatever walks through a value does so by recursion, JSON.stringify as well, so that a
// response that is nested deeply enough exhausts the stack.

/** No response of the API comes near it. */
export const MAX_DEPTH = 1000;

export function isTooDeep(value) {
  let level = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) return true;
    const next = [];
    for (const item of level) {
      if (typeof item !== "object" || item === null) continue;
      for (const member of Array.isArray(item) ? item : Object.values(item)) if (typeof member === "object" && member !== null) next.push(member);
    }
    level = next;
  }
  return false;
}
