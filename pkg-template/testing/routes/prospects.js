import { MISSING, withItem } from "../data/find.js";
import { pageResponse } from "./pages.js";
import { ok, route } from "./route.js";

/** @import { Handler } from "./route.js" */

/** @type {Handler} */
const list = (context) =>
  pageResponse(context.world.collections.prospects.list(context.grant.organisation), context, { name: "prospects" });

const get = withItem("prospects", (prospect) => ok(prospect));

export const PROSPECTS = [
  route("GET", "/api/v1/prospects", ["prospects:read"], list, MISSING.prospects),
  route("GET", "/api/v1/prospects/{prospect_id}", ["prospects:read"], get, MISSING.prospects),
];
