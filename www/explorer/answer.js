// The answer to a call: what came, its page, its headers, its attempts.

import { el, fill } from "../parts/dom.js";
import { plainError } from "../parts/plain-error.js";
import { tree } from "../parts/tree.js";

const ms = (time) => `${Math.round(time)} ms`;

/**
 * @param {Element} place
 * @param {{operation: object, value?: unknown, error?: Error, wire: object, attempts: object[], tookMs: number}} outcome
 * @param {{turn: (offset: number) => void, open?: (item: object) => void}} actions
 */
export function showAnswer(place, outcome, actions) {
  const { value, error, wire, attempts } = outcome;
  const page = error === undefined && outcome.operation.isPage ? pager(value, actions) : undefined;
  const shown = error === undefined ? value : plainError(error);
  fill(
    place,
    headline(outcome),
    error && el("p", { class: "refusal" }, error.message),
    error?.resolution && el("p", { class: "resolution" }, error.resolution),
    page,
    el(
      "div",
      { class: "tree" },
      shown === undefined
        ? el("p", { class: "quiet" }, "No body.")
        : tree(shown, { open: page ? 2 : 3, action: opener(actions) }),
    ),
    requestOf(wire),
    headersOf(wire),
    attemptsOf(attempts),
  );
}

function headline({ error, wire, attempts, tookMs, operation }) {
  const status = wire.status ?? error?.status;
  const word = error ? error.name : "OK";
  const count = `${attempts.length} attempt${attempts.length === 1 ? "" : "s"}`;
  return el(
    "p",
    { class: "headline" },
    el("strong", { class: error ? "bad" : "good" }, [status, word].filter(Boolean).join(" ")),
    ` ${operation.key} · ${ms(tookMs)} · ${count}`,
  );
}

function pager({ items, total, limit, offset, has_more: hasMore }, { turn }) {
  const range = items.length === 0 ? `none of ${total}` : `${offset + 1} to ${offset + items.length} of ${total}`;
  const button = (words, to, possible) =>
    el("button", { type: "button", disabled: !possible, onclick: () => turn(to) }, words);
  return el(
    "div",
    { class: "pager", role: "group", "aria-label": "Pages" },
    button("Previous page", Math.max(0, offset - limit), offset > 0),
    el("span", {}, range),
    button("Next page", offset + limit, hasMore),
  );
}

function opener({ open }) {
  if (open === undefined) return undefined;
  return (item) => {
    if (typeof item.id !== "string" || !("status" in item || "name" in item)) return undefined;
    return el(
      "button",
      {
        type: "button",
        class: "small",
        "aria-label": `Open ${item.name ?? item.title ?? item.id}`,
        onclick: () => open(item),
      },
      "Open",
    );
  };
}

const fold = (words, ...children) => el("details", { class: "fold" }, el("summary", {}, words), ...children);

function requestOf({ method, url, sent }) {
  if (url === undefined) return undefined;
  return fold("Request", el("pre", { tabindex: "0" }, `${method} ${url}`, sent === undefined ? "" : `\n\n${sent}`));
}

function headersOf({ headers }) {
  if (headers === undefined) return undefined;
  const rows = headers.map(([name, value]) => el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, value)));
  const note = "Of another origin a page sees those headers alone that its server names.";
  return fold(
    `Headers (${headers.length})`,
    el("table", { class: "plain" }, el("tbody", {}, rows)),
    el("p", { class: "hint" }, note),
  );
}

function attemptsOf(attempts) {
  if (attempts.length === 0) return undefined;
  const head = el(
    "tr",
    {},
    ["Attempt", "Outcome", "Took", "Then waited"].map((name) => el("th", { scope: "col" }, name)),
  );
  const rows = attempts.map(({ attempt, status, failure, sent, durationMs, waitMs, waitReason }) =>
    el(
      "tr",
      {},
      el("td", {}, String(attempt)),
      el("td", {}, String(status ?? failure) + (sent ? "" : ", not sent")),
      el("td", {}, ms(durationMs)),
      el(
        "td",
        {},
        waitMs === undefined ? "–" : `${ms(waitMs)}, ${waitReason === "backoff" ? "its own backoff" : "as told"}`,
      ),
    ),
  );
  return fold(
    `Attempts (${attempts.length})`,
    el("table", { class: "plain" }, el("thead", {}, head), el("tbody", {}, rows)),
  );
}
