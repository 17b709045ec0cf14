// The explorer: choose an operation, fill in its parameters, send, look at the answer.

import { copyButton } from "../parts/copy.js";
import { byId, el, fill, prose } from "../parts/dom.js";
import { onPanel, readRoute, writeRoute } from "../parts/route.js";
import { say } from "../parts/say.js";
import { showAnswer } from "./answer.js";
import { chosen, connect, proxyUrl, startConnection } from "./connection.js";
import { formOf } from "./form.js";
import { getterOf, listOf } from "./operations.js";
import { startPicker } from "./picker.js";
import { sampleOf } from "./sample.js";

const FIRST = "orders.list";
const DOCUMENTED = {
  listed: "",
  page: "On a page of its own, not in the vendor's list.",
  legacy: "In older documentation only.",
};

export async function startExplorer() {
  const operations = await (await fetch("openprospect/operations.json")).json();
  const find = (key) => operations.find((row) => row.key === key) ?? operations.find((row) => row.key === FIRST);
  /** Ids that answers had, by the name of the parameter that takes them. */
  const seen = {};
  let operation;
  let form;
  let sending;

  const picker = startPicker(operations, (key) => choose(find(key)));
  const sample = () => sampleOf(operation, form.read(), proxyUrl());
  const showSample = () => {
    byId("sample").textContent = sample();
  };
  byId("sample-head").append(copyButton("Copy", sample));
  byId("call").addEventListener("input", showSample);
  byId("call").addEventListener("click", () => setTimeout(showSample));
  byId("call").addEventListener("submit", (event) => {
    event.preventDefault();
    form.read();
    if (byId("check").checked && !byId("call").reportValidity()) return;
    send();
  });
  byId("stop").addEventListener("click", () => sending?.abort());

  function choose(row) {
    if (row === operation) return;
    sending?.abort();
    operation = row;
    form = formOf(row, row.parameters);
    picker.show(row.key);
    fill(byId("title"), el("span", { class: `method ${row.method.toLowerCase()}` }, row.method), ` ${row.key}`);
    fill(byId("path"), row.path);
    fill(byId("about"), prose([row.doc, DOCUMENTED[row.documented]].filter(Boolean).join(" ")));
    fill(byId("form"), form.element);
    fill(byId("answer"), el("p", { class: "quiet" }, "Nothing sent yet."));
    for (const [index, id] of row.ids.entries()) suggest(index, id);
    showSample();
    if (readRoute().panel === "explorer") writeRoute(`explorer/${row.key}`);
  }

  /** An id that an answer had; on the mock the first of the list, so that there is something to see. */
  async function suggest(index, id) {
    const [of, list] = [form, listOf(operations, id)];
    if (seen[id] === undefined && list && chosen() === "mock") {
      const page = await connect(() => {})
        .client[list.namespace].list({ limit: 1 })
        .catch(() => undefined);
      if (page?.items[0] && seen[id] === undefined) seen[id] = page.items[0].id;
    }
    if (of !== form || seen[id] === undefined || form.values(index) !== undefined) return;
    form.write(index, seen[id]);
    showSample();
  }

  async function send() {
    sending?.abort();
    const mine = (sending = new AbortController());
    const sent = operation;
    const values = form.read();
    const attempts = [];
    const began = performance.now();
    const outcome = { operation: sent, attempts, wire: {} };
    byId("stop").disabled = false;
    byId("answer").setAttribute("aria-busy", "true");
    try {
      const { client, wire } = connect((event) => event.type === "attempt" && attempts.push(event));
      outcome.wire = wire;
      const args = [...values, ...Array.from({ length: sent.parameters.length - values.length })];
      outcome.value = await client[sent.namespace][sent.name](...args, { signal: mine.signal });
      remember(sent, outcome.value);
    } catch (error) {
      outcome.error = error;
    }
    if (sending !== mine) return;
    sending = undefined;
    byId("stop").disabled = true;
    byId("answer").removeAttribute("aria-busy");
    outcome.tookMs = performance.now() - began;
    const getter = sent.isPage && getterOf(operations, sent);
    showAnswer(byId("answer"), outcome, { turn, open: getter && ((item) => openItem(getter, item)) });
    const { error, value } = outcome;
    say(
      error
        ? `${error.name}: ${error.message}`
        : `Answered: ${sent.isPage ? `${value.items.length} of ${value.total}` : sent.key}`,
    );
  }

  function remember(row, value) {
    const id = row.isPage && getterOf(operations, row)?.ids[0];
    if (id && value.items[0]?.id) seen[id] = value.items[0].id;
  }

  function turn(offset) {
    const index = operation.ids.length;
    form.write(index, { ...form.values(index), offset });
    showSample();
    byId("answer").focus();
    send();
  }

  function openItem(getter, item) {
    seen[getter.ids[0]] = item.id;
    choose(getter);
    form.write(0, item.id);
    showSample();
    byId("answer").focus();
    send();
  }

  let where = chosen();
  startConnection(() => {
    // Ids of one server say nothing to another.
    if (where !== chosen()) for (const id of Object.keys(seen)) delete seen[id];
    where = chosen();
    if (operation) showSample();
  });
  choose(find(readRoute().panel === "explorer" ? readRoute().rest : ""));
  onPanel("explorer", ({ rest }) => (rest === "" ? writeRoute(`explorer/${operation.key}`) : choose(find(rest))));
}
