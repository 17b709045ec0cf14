// A value as a tree to fold: `details` elements, filled when they are first opened.

import { el } from "./dom.js";

/** Longer lists are shown in parts, so that one of thousands does not stop the page. */
const PART = 100;
const LONGEST_PREVIEW = 60;

/**
 * @param {unknown} value
 * @param {{name?: string, open?: number, action?: (value: object) => Node | undefined}} [how] `open`: how many levels are
 *   open at first; `action`: what to offer beside an object
 */
export function tree(value, { name, open = 2, action } = {}) {
  if (typeof value !== "object" || value === null) return el("div", { class: "leaf" }, key(name), leaf(value));
  const entries = Array.isArray(value) ? value.map((item, index) => [String(index), item]) : Object.entries(value);
  if (entries.length === 0)
    return el(
      "div",
      { class: "leaf" },
      key(name),
      el("span", { class: "quiet" }, Array.isArray(value) ? "[ ]" : "{ }"),
    );
  const inside = el("div", { class: "inside" });
  const branch = el(
    "details",
    { class: "branch" },
    el("summary", {}, key(name), el("span", { class: "quiet" }, preview(value, entries))),
    inside,
  );
  let filled = 0;
  const more = () => {
    const next = entries.slice(filled, filled + PART);
    filled += next.length;
    inside.append(...next.map(([of, item]) => row(of, item, { open: open - 1, action })));
    if (filled < entries.length) {
      inside.append(
        el(
          "button",
          {
            type: "button",
            class: "small",
            onclick: ({ target }) => {
              target.remove();
              more();
            },
          },
          `Show ${Math.min(PART, entries.length - filled)} more`,
        ),
      );
    }
  };
  const onOpen = () => branch.open && filled === 0 && more();
  branch.addEventListener("toggle", onOpen);
  if (open > 0) {
    branch.open = true;
    more();
  }
  return branch;
}

function row(name, value, how) {
  const node = tree(value, { name, ...how });
  const offered =
    how.action && typeof value === "object" && value !== null && !Array.isArray(value) ? how.action(value) : undefined;
  return offered ? el("div", { class: "with-action" }, node, offered) : node;
}

const key = (name) => (name === undefined ? undefined : el("span", { class: "key" }, `${name}: `));

function leaf(value) {
  const kind = value === null ? "null" : typeof value;
  return el("span", { class: `value ${kind}` }, kind === "string" ? JSON.stringify(value) : String(value));
}

function preview(value, entries) {
  if (Array.isArray(value)) return `${entries.length} item${entries.length === 1 ? "" : "s"}`;
  const shown = ["name", "title", "status", "id"]
    .map((field) => value[field])
    .filter((text) => typeof text === "string" || typeof text === "number");
  const text = shown.length > 0 ? shown.join(" · ") : entries.map(([name]) => name).join(", ");
  return text.length > LONGEST_PREVIEW ? `${text.slice(0, LONGEST_PREVIEW)}…` : text;
}
