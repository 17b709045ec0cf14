/** @import { MockOperation, Scope } from "../index.d.ts" */
/** @import { Entity, Missing } from "../data/find.js" */
/** @import { World } from "../data/world.js" */
/** @import { Grant } from "./keys.js" */

/**
 * @typedef {object} ApiResponse
 * @property {number} status
 * @property {any} body JSON
 * @property {Record<string, string>} [headers]
 * @property {Entity} [entity] the missing resource of a 404
 * @property {number} [retryAfter] in seconds, for the top of the body
 * @property {() => void} [commit] changes the state
 */

/**
 * @typedef {object} Context
 * @property {World} world
 * @property {Grant} grant of the request's key
 * @property {string[]} params of the path
 * @property {URLSearchParams} query
 * @property {string} text the body
 * @property {Record<string, string>} headers
 */

/** @typedef {(context: Context) => ApiResponse} Handler */
/** @typedef {ReturnType<typeof route>} Route */

/**
 * One operation of the API.
 *
 * @param {MockOperation["method"]} method
 * @param {string} path `{…}` stands for a parameter
 * @param {readonly Scope[]} scopes a key needs all of them
 * @param {Handler} handle
 * @param {Missing} [missing] the code and the entity of a 404
 */
export function route(method, path, scopes, handle, missing) {
  return Object.freeze({ method, path, segments: path.split("/"), scopes: Object.freeze(scopes), handle, missing });
}

/**
 * A successful response.
 *
 * @param {any} body
 * @param {() => void} [commit]
 * @returns {ApiResponse}
 */
export const ok = (body, commit) => ({ status: 200, body, commit });
