// The explorer: select an operation, fill in its parameters, send the request, read the response.

import { announce } from "../ui/announce.js";
import { copyButton } from "../ui/copy-button.js";
import { byId, el, fill, prose } from "../ui/dom.js";
import { onPanel, readRoute, writeRoute } from "../ui/route.js";
import { connect, proxyUrl, selectedTarget, startConnection } from "./connection.js";
import { formOf } from "./form.js";
import { getterOf, listOf } from "./operations.js";
import { startPicker } from "./picker.js";
import { showResponse } from "./response.js";
import { sampleOf } from "./sample.js";

/**
 * @typedef {import("./operations.js").Operation} Operation
 * @typedef {import("./response.js").CallResult} CallResult
 * @typedef {import("../openprospect/index.js").OpenProspectError} OpenProspectError
 */

const FIRST = "orders.list";
const DOCUMENTED = {
  listed: "",
  page: "Documented on a page of its own, not in the vendor's list.",
  legacy: "In legacy documentation only.",
};

export async function startExplorer() {
  /** @type {Operation[]} */
  const operations = await (await fetch("openprospect/operations.json")).json();
  /** @param {string} key */
  const find = (key) => operations.find((row) => row.key === key);
  /** @type {Map<string, string>} ids from responses, by the name of the parameter that takes them */
  const knownIds = new Map();
  let operation = initialOperation();
  let form = formOf(operation);
  /** @type {AbortController | undefined} */
  let inFlight;

  const picker = startPicker(operations, (key) => select(find(key)));
  const callForm = byId("call", HTMLFormElement);
  const stop = byId("stop", HTMLButtonElement);
  const response = byId("response");
  const sample = () => sampleOf(operation, form.read(), proxyUrl());
  const showSample = () => {
    byId("sample").textContent = sample();
  };
  byId("sample-head").append(copyButton("Copy", sample));
  callForm.addEventListener("input", showSample);
  callForm.addEventListener("click", () => setTimeout(showSample));
  callForm.addEventListener("submit", (event) => {
    event.preventDefault();
    form.read();
    if (byId("validate", HTMLInputElement).checked && !callForm.reportValidity()) return;
    send();
  });
  stop.addEventListener("click", () => inFlight?.abort());

  function initialOperation() {
    const { panel, rest } = readRoute();
    const row = (panel === "explorer" ? find(rest) : undefined) ?? find(FIRST);
    if (row === undefined) throw new Error(`openprospect/operations.json has no ${FIRST}`);
    return row;
  }

  /** @param {Operation | undefined} row */
  function select(row = find(FIRST)) {
    if (row === undefined || row === operation) return;
    operation = row;
    showOperation();
  }

  function showOperation() {
    inFlight?.abort();
    form = formOf(operation);
    const { key, method, path, doc, documented, ids } = operation;
    picker.show(key);
    fill(byId("title"), el("span", { class: `method ${method.toLowerCase()}` }, method), ` ${key}`);
    fill(byId("path"), path);
    fill(byId("about"), prose([doc, DOCUMENTED[documented]].filter(Boolean).join(" ")));
    fill(byId("form"), form.element);
    fill(response, el("p", { class: "quiet" }, "No request sent yet."));
    for (const [index, id] of ids.entries()) suggest(index, id);
    showSample();
    if (readRoute().panel === "explorer") writeRoute(`explorer/${key}`);
  }

  /**
   * Fills in an id from an earlier response; on the mock, otherwise that of the first item of the list.
   *
   * @param {number} index of the parameter
   * @param {string} id its name
   */
  async function suggest(index, id) {
    const target = form;
    const list = listOf(operations, id);
    if (!knownIds.has(id) && list && selectedTarget() === "mock") {
      const listItems = methodOf(connect(() => {}).client, list);
      const page = await listItems({ limit: 1 }).catch(() => undefined);
      if (page?.items[0] && !knownIds.has(id)) knownIds.set(id, page.items[0].id);
    }
    if (target !== form || !knownIds.has(id) || form.valueAt(index) !== undefined) return;
    form.write(index, knownIds.get(id));
    showSample();
  }

  async function send() {
    inFlight?.abort();
    const abort = new AbortController();
    inFlight = abort;
    const sent = operation;
    const values = form.read();
    const startedAt = performance.now();
    /** @type {CallResult} */
    const result = { operation: sent, attempts: [], exchange: {}, tookMs: 0 };
    stop.disabled = false;
    response.setAttribute("aria-busy", "true");
    try {
      const { client, exchange } = connect((event) => event.type === "attempt" && result.attempts.push(event));
      result.exchange = exchange;
      // The options follow the parameters, whether those have values or not.
      const args = [...values, ...Array.from({ length: sent.parameters.length - values.length })];
      result.value = await methodOf(client, sent)(...args, { signal: abort.signal });
      remember(sent, result.value);
    } catch (error) {
      result.error = /** @type {OpenProspectError} */ (error);
    }
    if (inFlight !== abort) return;
    inFlight = undefined;
    stop.disabled = true;
    response.removeAttribute("aria-busy");
    result.tookMs = performance.now() - startedAt;
    const getter = sent.isPage ? getterOf(operations, sent) : undefined;
    showResponse(response, result, { goTo, open: getter && ((item) => openItem(getter, item)) });
    const { error, value } = result;
    announce(
      error
        ? `${error.name}: ${error.message}`
        : `Response: ${sent.isPage ? `${value.items.length} of ${value.total}` : sent.key}`,
    );
  }

  /**
   * @param {Operation} row
   * @param {any} value its result
   */
  function remember(row, value) {
    const id = row.isPage ? getterOf(operations, row)?.ids[0] : undefined;
    if (id && value.items[0]?.id) knownIds.set(id, value.items[0].id);
  }

  /** @param {number} offset */
  function goTo(offset) {
    const index = operation.ids.length;
    form.write(index, { ...form.valueAt(index), offset });
    resend();
  }

  /**
   * @param {Operation} getter
   * @param {Record<string, any>} item
   */
  function openItem(getter, item) {
    knownIds.set(getter.ids[0], item.id);
    select(getter);
    form.write(0, item.id);
    resend();
  }

  /** The button that was used is replaced with the response, so the focus moves there. */
  function resend() {
    showSample();
    response.focus();
    send();
  }

  let target = selectedTarget();
  startConnection(() => {
    // An id from one server does not exist on another.
    if (target !== selectedTarget()) knownIds.clear();
    target = selectedTarget();
    showSample();
  });
  showOperation();
  onPanel("explorer", ({ rest }) => (rest === "" ? writeRoute(`explorer/${operation.key}`) : select(find(rest))));
}

/**
 * @param {import("../openprospect/index.js").OpenProspect} client
 * @param {Operation} operation
 * @returns {(...args: unknown[]) => Promise<any>}
 */
function methodOf(client, { namespace, name }) {
  const methods = /** @type {Record<string, any>} */ (client)[namespace];
  return (...args) => methods[name](...args);
}
