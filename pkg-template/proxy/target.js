/** After decoding: a control character, a separator, or a percent sign that a second decoding would resolve. */
const UNSAFE = /[\p{Cc}/\\]|%[\da-f]{2}/iu;
/** Resolved by URL parsers, and with a path parameter (`..;x`) by some servers. */
const DOTS = /^\.+(?:[;\s]|$)/;

/**
 * The URL at the API for the URL of a request, or undefined if it is not forwarded.
 *
 * The origin comes from `base` alone: nothing in the request can change it.
 *
 * @param {URL} url
 * @param {string} prefix
 * @param {import("./options.js").Base} base
 * @returns {string | undefined}
 */
export function upstreamUrl({ pathname, search, href, username, password }, prefix, base) {
  const root = `${prefix}/api/`;
  if (!pathname.startsWith(root) || username || password || href.includes("#")) return undefined;
  const segments = pathname.slice(root.length).split("/");
  // A trailing slash is an empty last segment.
  if (!segments.every((segment, at) => isSafe(segment) && (segment !== "" || at === segments.length - 1)))
    return undefined;
  const path = base.path + pathname.slice(prefix.length);
  const target = new URL(base.origin + path + search);
  return target.origin === base.origin && target.pathname === path && path.startsWith(`${base.path}/api/`)
    ? target.href
    : undefined;
}

/** @param {string} segment */
function isSafe(segment) {
  try {
    // Servers that fold compatibility forms read U+2025 as "..", and U+FF0F as "/".
    const text = decodeURIComponent(segment).normalize("NFKC");
    return !UNSAFE.test(text) && !DOTS.test(text);
  } catch {
    return false; // Not UTF-8.
  }
}
