/**
 * Creates an object that inherits nothing: `fetch`, `Request` and `Response` also read inherited options, and
 * `Object.prototype` may be polluted.
 *
 * @template {object} T
 * @param {T} members
 * @returns {T}
 */
export const bare = (members) => ({ __proto__: null, ...members });
