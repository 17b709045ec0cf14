import { MISSING, withItem } from "./find.js";
import { answerPage } from "./pages.js";
import { ok, row } from "./row.js";

const list = (context) => answerPage(context.world.shelves.prospects.list(context.grant.organisation), context, { name: "prospects" });

const get = withItem("prospects", (prospect) => ok(prospect));

export const PROSPECTS = [
  row("GET", "/api/v1/prospects", ["prospects:read"], list, MISSING.prospects),
  row("GET", "/api/v1/prospects/{prospect_id}", ["prospects:read"], get, MISSING.prospects),
];
