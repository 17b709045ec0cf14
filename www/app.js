// The page: three panels, each started when it is first shown.

import { startErrors } from "./errors/errors.js";
import { startExplorer } from "./explorer/explorer.js";
import { startLab } from "./lab/lab.js";
import { startRoute } from "./parts/route.js";
import { startTheme } from "./parts/theme.js";

startTheme();
await startExplorer();
startLab();
startErrors();
startRoute();
document.documentElement.dataset.ready = "";
