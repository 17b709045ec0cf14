// Where calls go: the mock in this page, the API with a key, or a proxy that adds one. What is typed in lives in its
// input and in the client that is made of it, nowhere else.

import { OpenProspect } from "../openprospect/index.js";
import { mockOpenProspect, TEST_KEYS } from "../openprospect/testing/index.js";
import { byId } from "../parts/dom.js";

const mock = mockOpenProspect({ latencyMs: 60 });

export function startConnection(onChange) {
  const radios = [...document.querySelectorAll('input[name="where"]')];
  const show = () => {
    const where = chosen();
    for (const name of ["api", "proxy"]) byId(`where-${name}`).hidden = where !== name;
    for (const name of ["api", "proxy"]) byId(`where-${name}`).disabled = where !== name;
    byId("where-mock").hidden = where !== "mock";
    onChange();
  };
  for (const radio of radios) radio.addEventListener("change", show);
  byId("proxy-url").addEventListener("input", onChange);
  byId("forget").addEventListener("click", () => {
    byId("api-key").value = "";
    byId("live-key").checked = false;
    byId("api-key").focus();
  });
  show();
}

export const chosen = () => document.querySelector('input[name="where"]:checked').value;

/** For the sample: only a proxy has an address that belongs into it. */
export const proxyUrl = () => (chosen() === "proxy" ? byId("proxy-url").value.trim() || undefined : undefined);

/**
 * A client for one call, and what passed over the wire.
 *
 * @param {(event: object) => void} onEvent
 */
export function connect(onEvent) {
  const where = chosen();
  const wire = {};
  const send = where === "mock" ? mock.fetch : globalThis.fetch.bind(globalThis);
  const fetch = async (url, init) => {
    Object.assign(wire, { url: String(url), method: init.method, sent: init.body });
    const response = await send(url, init);
    Object.assign(wire, { status: response.status, headers: [...response.headers] });
    return response;
  };
  const own = {
    mock: () => ({ apiKey: TEST_KEYS[byId("mock-key").value] }),
    api: () => ({ apiKey: byId("api-key").value.trim(), allowLiveKeyInBrowser: byId("live-key").checked }),
    proxy: () => ({ baseUrl: byId("proxy-url").value.trim() }),
  };
  return { client: new OpenProspect({ ...own[where](), fetch, onEvent }), wire };
}
