/** @import { Incoming } from "../mock.js" */

const REDIRECTS = [301, 302, 303, 307, 308];
const MAX_HOPS = 20;

/** @param {string} text */
const failed = (text) => new TypeError("fetch failed", { cause: new Error(text) });

/**
 * The request that a redirect leads to, or undefined if the response is final.
 *
 * @param {Incoming} incoming
 * @param {Response} response
 * @param {RequestRedirect} mode
 * @param {number} hops number of redirects followed so far
 * @returns {Incoming | undefined}
 */
export function nextHop(incoming, response, mode, hops) {
  const location = response.headers.get("location");
  if (mode === "manual" || location === null || !REDIRECTS.includes(response.status)) return undefined;
  if (mode === "error") throw failed("unexpected redirect");
  if (hops >= MAX_HOPS) throw failed("redirect count exceeded");
  const url = new URL(location, incoming.url);
  const headers = { ...incoming.headers };
  // Credentials are sent only to the origin they are meant for.
  if (url.origin !== incoming.url.origin) delete headers.authorization;
  const { method } = incoming;
  const isRead = method === "GET" || method === "HEAD";
  const becomesGet = response.status === 303 ? !isRead : response.status < 303 && method === "POST";
  if (!becomesGet) return { ...incoming, url, headers };
  delete headers["content-type"];
  return { method: "GET", url, headers, text: "" };
}
