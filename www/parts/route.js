// Which panel is shown: the part of the address after `#`. It has the panel, what is chosen in it, and settings.

const PANELS = ["explorer", "lab", "errors"];
const listeners = {};

export function readRoute(hash = location.hash) {
  const [path, query = ""] = hash.replace(/^#/, "").split("?");
  const [panel, rest = ""] = path.split("/");
  return { panel: PANELS.includes(panel) ? panel : PANELS[0], rest, query: new URLSearchParams(query) };
}

/** Changes the address without a new entry in the history. */
export function writeRoute(route) {
  history.replaceState(null, "", `#${route}`);
}

export const onPanel = (panel, listener) => {
  listeners[panel] = listener;
};

export function startRoute() {
  const show = () => {
    const route = readRoute();
    for (const panel of PANELS) document.getElementById(`panel-${panel}`).hidden = panel !== route.panel;
    for (const link of document.querySelectorAll("nav a")) {
      if (link.hash === `#${route.panel}`) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    document.title = `${document.querySelector(`#panel-${route.panel} h2`).textContent} · openprospect`;
    listeners[route.panel]?.(route);
  };
  addEventListener("hashchange", show);
  show();
}
