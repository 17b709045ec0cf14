const REDIRECTS = [301, 302, 303, 307, 308];
const MOST_HOPS = 20;

const failed = (text) => new TypeError("fetch failed", { cause: new Error(text) });

/**
 * The request that a redirect leads to, or undefined if the response is final.
 *
 * @param {{method: string, url: URL, headers: Record<string, string>, text: string}} incoming
 * @param {Response} response
 * @param {RequestRedirect} mode
 * @param {number} hops how many redirects came before
 */
export function nextHop(incoming, response, mode, hops) {
  const location = response.headers.get("location");
  if (mode === "manual" || location === null || !REDIRECTS.includes(response.status)) return undefined;
  if (mode === "error") throw failed("unexpected redirect");
  if (hops >= MOST_HOPS) throw failed("redirect count exceeded");
  const url = new URL(location, incoming.url);
  const headers = { ...incoming.headers };
  // Credentials are sent only to the origin they are meant for.
  if (url.origin !== incoming.url.origin) delete headers.authorization;
  const { method } = incoming;
  const reads = method === "GET" || method === "HEAD";
  const becomesGet = response.status === 303 ? !reads : response.status < 303 && method === "POST";
  if (!becomesGet) return { ...incoming, url, headers };
  delete headers["content-type"];
  return { method: "GET", url, headers, text: "" };
}
