// The URL's fragment: which panel is shown, what is selected in it, and its settings.

import { byId } from "./dom.js";

/**
 * @typedef {object} Route
 * @property {string} panel
 * @property {string} rest what follows the panel's name and a slash
 * @property {URLSearchParams} query
 */

const PANELS = ["explorer", "lab", "errors"];
/** @type {Map<string, (route: Route) => void>} */
const listeners = new Map();

/**
 * An unknown panel is read as the first one.
 *
 * @param {string} hash
 * @returns {Route}
 */
export function readRoute(hash = location.hash) {
  const [path, query = ""] = hash.replace(/^#/, "").split("?");
  const [panel, rest = ""] = path.split("/");
  return { panel: PANELS.includes(panel) ? panel : PANELS[0], rest, query: new URLSearchParams(query) };
}

/**
 * Replaces the fragment without a new entry in the history.
 *
 * @param {string} route
 */
export function writeRoute(route) {
  history.replaceState(null, "", `#${route}`);
}

/**
 * @param {string} panel
 * @param {(route: Route) => void} listener called each time that the panel is shown
 */
export const onPanel = (panel, listener) => {
  listeners.set(panel, listener);
};

export function startRoute() {
  const show = () => {
    const route = readRoute();
    for (const panel of PANELS) byId(`panel-${panel}`).hidden = panel !== route.panel;
    for (const link of document.querySelectorAll("nav a")) {
      if (link.getAttribute("href") === `#${route.panel}`) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    document.title = `${document.querySelector(`#panel-${route.panel} h2`)?.textContent} · openprospect`;
    listeners.get(route.panel)?.(route);
  };
  addEventListener("hashchange", show);
  show();
}
