// The errors: a table of each, whose rows are told by the client itself from a call on the mock.

import { byId, el, fill, prose } from "../parts/dom.js";
import { plainError } from "../parts/plain-error.js";
import { onPanel } from "../parts/route.js";
import { say } from "../parts/say.js";
import { tree } from "../parts/tree.js";
import { TABLES } from "./cases.js";
import { isRetried, make } from "./play.js";

const COLUMNS = ["Error", "Class", "What it means", "The way out", "Sent again", "Try it"];

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

async function tableOf({ name, about, cases }) {
  const rows = await Promise.all(cases.map(rowsOf));
  // Narrow, the rows are shown as cards; the roles keep it a table.
  const head = el(
    "tr",
    { role: "row" },
    COLUMNS.map((column) => el("th", { scope: "col", role: "columnheader" }, column)),
  );
  return el(
    "section",
    { class: "errors" },
    el("h3", {}, name),
    el("p", { class: "quiet" }, about),
    el(
      "table",
      { role: "table", "aria-label": name, class: "cards" },
      el("thead", { role: "rowgroup" }, head),
      el("tbody", { role: "rowgroup" }, rows.flat()),
    ),
  );
}

async function rowsOf(given) {
  const [error, retried] = await Promise.all([make(given), isRetried(given)]);
  const place = el("div", { class: "tree" });
  const result = el(
    "tr",
    { class: "result", role: "row", hidden: true },
    el("td", { colspan: COLUMNS.length, role: "cell" }, place),
  );
  const button = el(
    "button",
    {
      type: "button",
      class: "small",
      "aria-expanded": "false",
      "aria-label": `Make it happen: ${given.name}`,
      onclick: happen,
    },
    "Make it happen",
  );
  async function happen() {
    if (!result.hidden) {
      close();
      return;
    }
    const made = await make(given);
    fill(
      place,
      el("p", {}, el("strong", {}, made.name), ` ${made.message}`),
      el("p", { class: "hint" }, `${given.how} This is \`error.toJSON()\`:`.replaceAll("`", "")),
      tree(plainError(made), { open: 2 }),
    );
    result.hidden = false;
    button.setAttribute("aria-expanded", "true");
    button.textContent = "Close";
    button.setAttribute("aria-label", `Close: ${given.name}`);
    say(`${made.name}: ${made.message}`);
  }
  function close() {
    result.hidden = true;
    button.setAttribute("aria-expanded", "false");
    button.textContent = "Make it happen";
    button.setAttribute("aria-label", `Make it happen: ${given.name}`);
  }
  const cell = (column, ...children) => el("td", { role: "cell", "data-column": COLUMNS[column] }, children);
  const row = el(
    "tr",
    { role: "row" },
    el(
      "th",
      { scope: "row", role: "rowheader" },
      breakable(given.name),
      given.note && el("span", { class: "note" }, given.note),
    ),
    cell(1, el("code", {}, error.name)),
    cell(2, prose(given.meaning ?? meaningOf(error))),
    cell(3, prose(error.resolution ?? "See the message.")),
    cell(4, again(retried, error)),
    cell(5, button),
  );
  return [row, result];
}

/** A code may be broken where its words end. */
const breakable = (name) => name.split(/(?<=_)/).flatMap((part) => [part, el("wbr")]);

/** Where an answer has no words of its own, the message has the status's meaning. */
const meaningOf = ({ message, code }) => message.split(`${code}: `).slice(1).join(`${code}: `);

function again(retried, { retryable }) {
  if (retried === undefined) return el("span", { class: "mark no" }, retryable ? "later" : "no");
  const { get, post } = retried;
  if (get === post) return el("span", { class: `mark ${get ? "yes" : "no"}` }, get ? "yes, any method" : "no");
  return el("span", { class: "mark some" }, "GET yes, POST no");
}
