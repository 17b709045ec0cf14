import { missingScopes, refusal } from "./errors.js";
import { authenticate, bearerKey } from "./keys.js";
import { findRoute } from "./index.js";

/**
 * Computes the API's response to a request without faults. Changes no state itself: a response that would change state
 * has a `commit` function.
 *
 * @returns {{answer: {status: number, body: object, headers?: object, commit?: () => void}, route?: object, params?: string[], grant?: object}}
 */
export function dispatch(request, world, { grants, limits }) {
  const { route, params, allowed } = findRoute(request.method, request.path);
  if (route === undefined) {
    const answer =
      allowed.length === 0
        ? refusal("NOT_FOUND")
        : refusal("METHOD_NOT_ALLOWED", { headers: { allow: allowed.join(", ") } });
    return { answer };
  }
  if (route.keyless && request.headers.authorization === undefined) return { route, params, answer: route.handle() };
  const { grant, refused } = authenticate(request.headers, grants);
  if (refused) return { route, params, answer: refusal("UNAUTHORIZED", { message: refused }) };
  const limit = limits.ask(bearerKey(request.headers), grant.limit, world.now());
  if (limit.refused) return { route, params, grant, answer: limit.refused };
  const answer =
    missingScopes(route.scopes, grant.scopes) ??
    route.handle({ world, grant, params, query: request.query, text: request.text, headers: request.headers });
  const commit = () => {
    limit.count();
    answer.commit?.();
  };
  return { route, params, grant, answer: { ...answer, headers: { ...answer.headers, ...limit.headers }, commit } };
}
