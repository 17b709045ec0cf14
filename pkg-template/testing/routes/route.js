/**
 * One operation of the API.
 *
 * @param {string} method
 * @param {string} path `{…}` stands for a parameter
 * @param {readonly string[]} scopes a key needs all of them
 * @param {(context: object) => object} handle
 * @param {{code: string, entity: string}} [missing] the code and the entity of a 404
 */
export function route(method, path, scopes, handle, missing) {
  return Object.freeze({ method, path, segments: path.split("/"), scopes: Object.freeze(scopes), handle, missing });
}

/** A successful response. */
export const ok = (body, commit) => ({ status: 200, body, commit });
