// Messages for screen readers.

import { byId } from "./dom.js";

/** @param {string} text */
export function announce(text) {
  const region = byId("announcement");
  // An unchanged text is not announced again.
  region.textContent = region.textContent === text ? `${text}\u00a0` : text;
}
