// A value as a tree of `details` elements, each filled when it is first opened.

import { el } from "./dom.js";

/** Longer lists are shown in chunks, so that thousands of items do not block the page. */
const CHUNK = 100;
const MAX_PREVIEW = 60;

/**
 * @typedef {object} TreeOptions
 * @property {string} [name] the key of the value
 * @property {number} [open] how many levels are open at first
 * @property {(value: Record<string, any>) => Node | undefined} [action] makes the control shown beside an object
 */

/**
 * @param {unknown} value
 * @param {TreeOptions} [options]
 * @returns {HTMLElement}
 */
export function tree(value, { name, open = 2, action } = {}) {
  if (typeof value !== "object" || value === null) return el("div", { class: "leaf" }, keyOf(name), leaf(value));
  const entries = Object.entries(value);
  if (entries.length === 0) {
    const empty = el("span", { class: "quiet" }, Array.isArray(value) ? "[ ]" : "{ }");
    return el("div", { class: "leaf" }, keyOf(name), empty);
  }
  const inside = el("div", { class: "inside" });
  const summary = el("summary", {}, keyOf(name), el("span", { class: "quiet" }, preview(value, entries)));
  const branch = el("details", { class: "branch" }, summary, inside);
  let filled = 0;
  const showMore = () => {
    const next = entries.slice(filled, filled + CHUNK);
    filled += next.length;
    inside.append(...next.map(([key, item]) => row(key, item, { open: open - 1, action })));
    if (filled >= entries.length) return;
    const label = `Show ${Math.min(CHUNK, entries.length - filled)} more`;
    const button = el("button", { type: "button", class: "small", onclick: replace }, label);
    function replace() {
      button.remove();
      showMore();
    }
    inside.append(button);
  };
  branch.addEventListener("toggle", () => {
    if (branch.open && filled === 0) showMore();
  });
  if (open > 0) {
    branch.open = true;
    showMore();
  }
  return branch;
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {TreeOptions} options
 */
function row(name, value, options) {
  const node = tree(value, { name, ...options });
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  const control = isObject ? options.action?.(value) : undefined;
  return control ? el("div", { class: "with-action" }, node, control) : node;
}

/** @param {string | undefined} name */
const keyOf = (name) => (name === undefined ? undefined : el("span", { class: "key" }, `${name}: `));

/** @param {unknown} value */
function leaf(value) {
  const kind = value === null ? "null" : typeof value;
  return el("span", { class: `value ${kind}` }, kind === "string" ? JSON.stringify(value) : String(value));
}

/**
 * @param {object} value
 * @param {[string, unknown][]} entries
 */
function preview(value, entries) {
  if (Array.isArray(value)) return `${entries.length} item${entries.length === 1 ? "" : "s"}`;
  const fields = new Map(entries);
  const shown = ["name", "title", "status", "id"]
    .map((name) => fields.get(name))
    .filter((text) => typeof text === "string" || typeof text === "number");
  const text = shown.length > 0 ? shown.join(" · ") : entries.map(([name]) => name).join(", ");
  return text.length > MAX_PREVIEW ? `${text.slice(0, MAX_PREVIEW)}…` : text;
}
