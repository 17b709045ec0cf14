// The page: three panels.

import { startErrors } from "./errors/errors.js";
import { startExplorer } from "./explorer/explorer.js";
import { startLab } from "./lab/lab.js";
import { byId } from "./ui/dom.js";
import { startRoute } from "./ui/route.js";
import { startTheme } from "./ui/theme.js";

try {
  startTheme();
  await startExplorer();
  startLab();
  startErrors();
  startRoute();
  byId("starting").remove();
  document.documentElement.dataset.ready = "";
} catch (error) {
  byId("starting").textContent = `The page could not start: ${/** @type {Error} */ (error).message}`;
  throw error;
}
