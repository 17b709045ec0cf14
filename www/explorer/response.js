// The result of a call: the value or the error, the pages, the headers, the attempts.

import { el, fill } from "../ui/dom.js";
import { plainError } from "../ui/plain-error.js";
import { tree } from "../ui/tree.js";

/**
 * @typedef {import("../openprospect/index.js").AttemptEvent} AttemptEvent
 * @typedef {import("../openprospect/index.js").OpenProspectError} OpenProspectError
 * @typedef {import("./connection.js").Exchange} Exchange
 * @typedef {Record<string, any>} Item
 *
 * @typedef {object} CallResult
 * @property {import("./operations.js").Operation} operation
 * @property {any} [value] of a call that succeeded
 * @property {OpenProspectError} [error]
 * @property {Exchange} exchange
 * @property {AttemptEvent[]} attempts
 * @property {number} tookMs
 *
 * @typedef {object} Actions
 * @property {(offset: number) => void} goTo shows the page at an offset
 * @property {(item: Item) => void} [open] gets an item of the list
 */

/** @param {number} time in milliseconds */
const ms = (time) => `${Math.round(time)} ms`;

/**
 * @param {Element} container
 * @param {CallResult} result
 * @param {Actions} actions
 */
export function showResponse(container, result, actions) {
  const { value, error, exchange, attempts } = result;
  const page = error === undefined && result.operation.isPage ? pager(value, actions) : undefined;
  const shown = error === undefined ? value : plainError(error);
  const body =
    shown === undefined
      ? el("p", { class: "quiet" }, "No body.")
      : tree(shown, { open: page ? 2 : 3, action: detailsButton(actions) });
  fill(
    container,
    headline(result),
    error && el("p", { class: "error-message" }, error.message),
    error?.resolution && el("p", { class: "resolution" }, error.resolution),
    page,
    el("div", { class: "tree" }, body),
    requestOf(exchange),
    headersOf(exchange),
    attemptsOf(attempts),
  );
}

/** @param {CallResult} result */
function headline({ error, exchange, attempts, tookMs, operation }) {
  const status = exchange.status ?? error?.status;
  const name = error ? error.name : "OK";
  const count = `${attempts.length} attempt${attempts.length === 1 ? "" : "s"}`;
  return el(
    "p",
    { class: "headline" },
    el("strong", { class: error ? "bad" : "good" }, [status, name].filter(Boolean).join(" ")),
    ` ${operation.key} · ${ms(tookMs)} · ${count}`,
  );
}

/**
 * @param {import("../openprospect/index.js").Page<Item>} page
 * @param {Actions} actions
 */
function pager({ items, total, limit, offset, has_more: hasMore }, { goTo }) {
  const range = items.length === 0 ? `none of ${total}` : `${offset + 1} to ${offset + items.length} of ${total}`;
  /**
   * @param {string} label
   * @param {number} target
   * @param {boolean} isEnabled
   */
  const button = (label, target, isEnabled) =>
    el("button", { type: "button", disabled: !isEnabled, onclick: () => goTo(target) }, label);
  return el(
    "div",
    { class: "pager", role: "group", "aria-label": "Pages" },
    button("Previous page", Math.max(0, offset - limit), offset > 0),
    el("span", {}, range),
    button("Next page", offset + limit, hasMore),
  );
}

/** @param {Actions} actions */
function detailsButton({ open }) {
  if (open === undefined) return undefined;
  /** @param {Item} item */
  return (item) => {
    if (typeof item.id !== "string" || !("status" in item || "name" in item)) return undefined;
    const label = `Details of ${item.name ?? item.title ?? item.id}`;
    const onclick = () => open(item);
    return el("button", { type: "button", class: "small", "aria-label": label, onclick }, "Details");
  };
}

/**
 * @param {string} label
 * @param {...import("../ui/dom.js").Child} children
 */
const fold = (label, ...children) => el("details", { class: "fold" }, el("summary", {}, label), children);

/** @param {Exchange} exchange */
function requestOf({ method, url, body }) {
  if (url === undefined) return undefined;
  return fold("Request", el("pre", { tabindex: "0" }, `${method} ${url}`, body === undefined ? "" : `\n\n${body}`));
}

/** @param {Exchange} exchange */
function headersOf({ headers }) {
  if (headers === undefined) return undefined;
  const rows = headers.map(([name, value]) => el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, value)));
  const note = "From another origin, a page can read only the headers that the server exposes.";
  return fold(
    `Headers (${headers.length})`,
    el("table", { class: "plain" }, el("tbody", {}, rows)),
    el("p", { class: "hint" }, note),
  );
}

/** @param {AttemptEvent[]} attempts */
function attemptsOf(attempts) {
  if (attempts.length === 0) return undefined;
  const names = ["Attempt", "Result", "Duration", "Wait before the retry"];
  const head = names.map((name) => el("th", { scope: "col" }, name));
  const rows = attempts.map(({ attempt, status, failure, sent, durationMs, waitMs, waitReason }) => {
    const reason = waitReason === "backoff" ? "backoff" : "Retry-After";
    const cells = [
      String(attempt),
      String(status ?? failure) + (sent ? "" : ", not sent"),
      ms(durationMs),
      waitMs === undefined ? "–" : `${ms(waitMs)}, ${reason}`,
    ];
    return el("tr", {}, ...cells.map((text) => el("td", {}, text)));
  });
  const table = el("table", { class: "plain" }, el("thead", {}, el("tr", {}, head)), el("tbody", {}, rows));
  return fold(`Attempts (${attempts.length})`, table);
}
