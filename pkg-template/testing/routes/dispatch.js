import { errorResponse, missingScopes } from "./errors.js";
import { authenticate, bearerKey } from "./keys.js";
import { findRoute } from "./index.js";

/** @import { World } from "../data/world.js" */
/** @import { Limits } from "../limits/rate-limit.js" */
/** @import { MockRecord } from "../transport/record.js" */
/** @import { Grant } from "./keys.js" */
/** @import { ApiResponse, Route } from "./route.js" */

/** @typedef {Omit<MockRecord, "query"> & {query: URLSearchParams, text: string}} Request */
/** @typedef {{response: ApiResponse, route?: Route, params?: string[], grant?: Grant}} Dispatched */

/**
 * Computes the API's response to a request without faults. Changes no state itself: a response that would change state
 * has a `commit` function.
 *
 * @param {Request} request
 * @param {World} world
 * @param {{grants: Map<string, Grant>, limits: Limits}} access
 * @returns {Dispatched}
 */
export function dispatch(request, world, { grants, limits }) {
  const { route, params, allowed } = findRoute(request.method, request.path);
  if (route === undefined) {
    const response =
      allowed.length === 0
        ? errorResponse("NOT_FOUND")
        : errorResponse("METHOD_NOT_ALLOWED", { headers: { allow: allowed.join(", ") } });
    return { response };
  }
  const { authorization } = request.headers;
  if (route.keyless && authorization === undefined) return { route, params, response: route.handle() };
  const { grant, problem } = authenticate(request.headers, grants);
  if (problem !== undefined) return { route, params, response: errorResponse("UNAUTHORIZED", { message: problem }) };
  const limit = limits.check(bearerKey(request.headers), grant.limit, world.now());
  if (limit.rejection) return { route, params, grant, response: limit.rejection };
  const response =
    missingScopes(route.scopes, grant.scopes) ??
    route.handle({ world, grant, params, query: request.query, text: request.text, headers: request.headers });
  const commit = () => {
    limit.count();
    response.commit?.();
  };
  const headers = { ...response.headers, ...limit.headers };
  return { route, params, grant, response: { ...response, headers, commit } };
}
