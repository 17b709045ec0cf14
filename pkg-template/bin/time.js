import { parseIso8601 } from "../iso8601.js";
import { Usage } from "./failure.js";

/** @type {Record<string, number>} */
const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Milliseconds of `500ms`, `30s`, `5m`, `2h` or `1d`; a bare number is seconds. `none` is null.
 *
 * @param {string} option name of the option in the message
 * @param {string} text
 */
export function milliseconds(option, text) {
  if (text === "none") return null;
  const [, number, unit = "s"] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text) ?? [];
  if (number === undefined)
    throw new Usage(`--${option}: got ${JSON.stringify(text)}; expected a time such as 500ms, 30s, 5m or 2h.`);
  return Number(number) * UNITS[unit];
}

/**
 * A duration in at most two units, such as `3 min 20 s`.
 *
 * @param {number} ms
 */
export function spoken(ms) {
  const seconds = Math.round(ms / 1000);
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return two(Math.floor(seconds / 60), "min", seconds % 60, "s");
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return two(Math.floor(minutes / 60), "h", minutes % 60, "min");
  const hours = Math.round(minutes / 60);
  return two(Math.floor(hours / 24), "d", hours % 24, "h");
}

/** @type {(more: number, long: string, less: number, short: string) => string} */
const two = (more, long, less, short) => (less === 0 ? `${more} ${long}` : `${more} ${long} ${less} ${short}`);

/** The local time of day. */
export const clock = (date = new Date()) => date.toTimeString().slice(0, 8);

/**
 * Milliseconds since 1970 of a valid ISO 8601 date (UTC) or date and time (local time without an offset).
 *
 * @param {string} option name of the option in the message
 * @param {string} text
 * @returns {number}
 */
export function instantOf(option, text) {
  const instant = parseIso8601(text);
  if (instant === undefined)
    throw new Usage(
      `--${option}: got ${JSON.stringify(text)}; expected an ISO 8601 date or time ` +
        "such as 2026-01-31 or 2026-01-31T08:00:00Z.",
    );
  return instant;
}
