// Where calls go: to the mock in this page, to the API with a key, or to a proxy that adds one. A key that is entered
// is held by its input and by the client of one call, nowhere else.

import { OpenProspect } from "../openprospect/index.js";
import { mockOpenProspect, TEST_KEYS } from "../openprospect/testing/index.js";
import { byId } from "../ui/dom.js";

/**
 * The last request of a call and its response.
 *
 * @typedef {object} Exchange
 * @property {string} [url]
 * @property {string} [method]
 * @property {string} [body] of the request
 * @property {number} [status]
 * @property {[string, string][]} [headers] of the response
 */

const mock = mockOpenProspect({ latencyMs: 60 });

/** @param {() => void} onChange */
export function startConnection(onChange) {
  const panels = ["api", "proxy", "mock"].map((name) => byId(`target-${name}`, HTMLFieldSetElement));
  const show = () => {
    const id = `target-${selectedTarget()}`;
    for (const panel of panels) Object.assign(panel, { hidden: panel.id !== id, disabled: panel.id !== id });
    onChange();
  };
  for (const radio of document.querySelectorAll('input[name="target"]')) radio.addEventListener("change", show);
  byId("proxy-url").addEventListener("input", onChange);
  byId("clear-key").addEventListener("click", () => {
    const key = input("api-key");
    key.value = "";
    input("live-key").checked = false;
    key.focus();
  });
  show();
}

/** @param {string} id */
const input = (id) => byId(id, HTMLInputElement);

/** @typedef {"mock" | "api" | "proxy"} Target */

export function selectedTarget() {
  /** @type {HTMLInputElement | null} */
  const radio = document.querySelector('input[name="target"]:checked');
  return /** @type {Target} */ (radio?.value ?? "mock");
}

/** The URL for the sample code, if calls go to a proxy. */
export const proxyUrl = () => (selectedTarget() === "proxy" ? input("proxy-url").value.trim() || undefined : undefined);

/**
 * Makes a client for one call, and the record of what it sends and receives.
 *
 * @param {(event: import("../openprospect/index.js").OpenProspectEvent) => void} onEvent
 */
export function connect(onEvent) {
  const target = selectedTarget();
  /** @type {Exchange} */
  const exchange = {};
  const send = target === "mock" ? mock.fetch : globalThis.fetch.bind(globalThis);
  /** @type {import("../openprospect/index.js").FetchFunction} */
  const fetch = async (url, init) => {
    Object.assign(exchange, { url: String(url), method: init.method, body: init.body });
    const response = await send(url, init);
    Object.assign(exchange, { status: response.status, headers: [...response.headers] });
    return response;
  };
  const mockKey = byId("mock-key", HTMLSelectElement);
  const options = {
    mock: () => ({ apiKey: TEST_KEYS[/** @type {keyof typeof TEST_KEYS} */ (mockKey.value)] }),
    api: () => ({ apiKey: input("api-key").value.trim(), allowLiveKeyInBrowser: input("live-key").checked }),
    proxy: () => ({ baseUrl: input("proxy-url").value.trim() }),
  };
  return { client: new OpenProspect({ ...options[target](), fetch, onEvent }), exchange };
}
