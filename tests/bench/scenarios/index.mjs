// All measurements, in the order of the table.

import { abort } from "./abort.mjs";
import { bodies } from "./bodies.mjs";
import { dead } from "./dead.mjs";
import { heap } from "./heap.mjs";
import { outage } from "./outage.mjs";
import { overheads } from "./overhead.mjs";
import { start } from "./start.mjs";
import { storms } from "./storms.mjs";
import { window } from "./window.mjs";

export const SCENARIOS = [...storms, window, dead, outage, ...overheads, ...bodies, heap, abort, start];

export const scenarioNamed = (name) => SCENARIOS.find((scenario) => scenario.name === name);
