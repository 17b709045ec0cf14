// Light or dark: the system's theme unless the visitor selects one. The selection is not stored.

import { byId } from "./dom.js";

const system = matchMedia("(prefers-color-scheme: dark)");
/** @type {Set<(theme: string) => void>} */
const listeners = new Set();

export function startTheme() {
  const select = byId("theme", HTMLSelectElement);
  const apply = () => {
    const theme = select.value === "system" ? (system.matches ? "dark" : "light") : select.value;
    document.documentElement.dataset.theme = theme;
    for (const listener of listeners) listener(theme);
  };
  select.addEventListener("change", apply);
  system.addEventListener("change", apply);
  apply();
}

/**
 * For canvases, whose colors CSS does not update.
 *
 * @param {(theme: string) => void} listener
 */
export const onTheme = (listener) => listeners.add(listener);
