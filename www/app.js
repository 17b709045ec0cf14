// The page: three panels.

import { startErrors } from "./errors/errors.js";
import { startExplorer } from "./explorer/explorer.js";
import { startLab } from "./lab/lab.js";
import { byId } from "./parts/dom.js";
import { startRoute } from "./parts/route.js";
import { startTheme } from "./parts/theme.js";

try {
  startTheme();
  await startExplorer();
  startLab();
  startErrors();
  startRoute();
  byId("starting").remove();
  document.documentElement.dataset.ready = "";
} catch (error) {
  byId("starting").textContent = `The page could not start: ${error.message}`;
  throw error;
}
