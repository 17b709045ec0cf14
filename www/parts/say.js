// What a screen reader is told.

import { byId } from "./dom.js";

export function say(text) {
  const region = byId("said");
  // The same words twice in a row are told twice.
  region.textContent = region.textContent === text ? `${text}\u00a0` : text;
}
