// The errors: tables whose rows come from calls that the client makes on the mock.

import { announce } from "../ui/announce.js";
import { byId, el, fill, prose } from "../ui/dom.js";
import { plainError } from "../ui/plain-error.js";
import { onPanel } from "../ui/route.js";
import { tree } from "../ui/tree.js";
import { TABLES } from "./cases.js";
import { isRetried, reproduce } from "./reproduce.js";

/**
 * @typedef {import("./reproduce.js").Case} Case
 * @typedef {import("../openprospect/index.js").OpenProspectError} OpenProspectError
 */

const COLUMNS = ["Error", "Class", "Meaning", "Fix", "Retried", "Try it"];

export function startErrors() {
  let isFilled = false;
  onPanel("errors", async () => {
    if (isFilled) return;
    isFilled = true;
    const tables = await Promise.all(TABLES.map(tableOf));
    fill(byId("error-tables"), tables);
    byId("error-tables").removeAttribute("aria-busy");
  });
}

/** @param {import("./cases.js").Table} table */
async function tableOf({ name, about, cases }) {
  const rows = await Promise.all(cases.map(rowsOf));
  const head = COLUMNS.map((column) => el("th", { scope: "col", role: "columnheader" }, column));
  return el(
    "section",
    { class: "errors" },
    el("h3", {}, name),
    el("p", { class: "quiet" }, about),
    // A narrow screen shows the rows as cards. `display: block` removes the table's semantics, the roles restore them.
    el(
      "table",
      { role: "table", "aria-label": name, class: "cards" },
      el("thead", { role: "rowgroup" }, el("tr", { role: "row" }, head)),
      el("tbody", { role: "rowgroup" }, rows.flat()),
    ),
  );
}

/**
 * The row of an error, and the hidden row below it for the reproduced error.
 *
 * @param {Case} example
 */
async function rowsOf(example) {
  const [error, retried] = await Promise.all([reproduce(example), isRetried(example)]);
  const { button, result } = reproduction(example);
  /**
   * @param {number} column
   * @param {...import("../ui/dom.js").Child} children
   */
  const cell = (column, ...children) => el("td", { role: "cell", "data-column": COLUMNS[column] }, children);
  const note = example.note && el("span", { class: "note" }, example.note);
  const row = el(
    "tr",
    { role: "row" },
    el("th", { scope: "row", role: "rowheader" }, breakable(example.name), note),
    cell(1, el("code", {}, error.name)),
    cell(2, prose(example.meaning ?? meaningOf(error))),
    cell(3, prose(error.resolution ?? "See the message.")),
    cell(4, retriedMark(retried, error)),
    cell(5, button),
  );
  return [row, result];
}

/**
 * The button that reproduces an error, and the row that shows it.
 *
 * @param {Case} example
 */
function reproduction(example) {
  const content = el("div", { class: "tree" });
  const cell = el("td", { colspan: COLUMNS.length, role: "cell" }, content);
  const result = el("tr", { class: "result", role: "row", hidden: true }, cell);
  const button = el("button", { type: "button", class: "small", onclick: toggle });
  /** @param {boolean} isOpen */
  const show = (isOpen) => {
    const label = isOpen ? "Close" : "Reproduce";
    result.hidden = !isOpen;
    button.setAttribute("aria-expanded", String(isOpen));
    button.setAttribute("aria-label", `${label}: ${example.name}`);
    button.textContent = label;
  };
  async function toggle() {
    if (!result.hidden) return show(false);
    const error = await reproduce(example);
    fill(
      content,
      el("p", {}, el("strong", {}, error.name), ` ${error.message}`),
      el("p", { class: "hint" }, prose(`${example.how} This is \`error.toJSON()\`:`)),
      tree(plainError(error), { open: 2 }),
    );
    show(true);
    announce(`${error.name}: ${error.message}`);
  }
  show(false);
  return { button, result };
}

/**
 * A code may wrap after each underscore.
 *
 * @param {string} name
 */
const breakable = (name) => name.split(/(?<=_)/).flatMap((part) => [part, el("wbr")]);

/**
 * If a response has no message, the client's message describes the status after the code.
 *
 * @param {OpenProspectError} error
 */
const meaningOf = ({ message, code }) => message.split(`${code}: `).slice(1).join(`${code}: `);

/**
 * @param {{get: boolean, post: boolean} | undefined} retried undefined without a fault
 * @param {OpenProspectError} error
 */
function retriedMark(retried, { retryable }) {
  if (retried === undefined) return el("span", { class: "mark no" }, retryable ? "later" : "no");
  const { get, post } = retried;
  if (get === post) return el("span", { class: `mark ${get ? "yes" : "no"}` }, get ? "yes, any method" : "no");
  return el("span", { class: "mark some" }, "GET yes, POST no");
}
