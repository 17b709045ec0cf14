// Light or dark: as the system says, unless somebody chooses. The choice is not stored, as nothing is.

import { byId } from "./dom.js";

const system = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set();

export function startTheme() {
  const choice = byId("theme");
  const apply = () => {
    const theme = choice.value === "system" ? (system.matches ? "dark" : "light") : choice.value;
    document.documentElement.dataset.theme = theme;
    for (const listener of listeners) listener(theme);
  };
  choice.addEventListener("change", apply);
  system.addEventListener("change", apply);
  apply();
}

/** For what is drawn: colours do not follow by themselves there. */
export const onTheme = (listener) => listeners.add(listener);
