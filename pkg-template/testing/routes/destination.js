import { problemsOf, readObject, TEXT } from "./body.js";
import { invalid } from "./errors.js";

/** @import { Rule, Rules } from "./body.js" */
/** @import { ApiResponse, Context } from "./route.js" */

/**
 * @param {string} word
 * @returns {Rule}
 */
const only = (word) => [(value) => value === word, `must be ${word}`];

/** @param {string} value */
function isHttpUrl(value) {
  try {
    return ["http:", "https:"].includes(new URL(value).protocol);
  } catch {
    return false;
  }
}

/** @type {Rules} */
const RULES = {
  type: only("webhook"),
  url: [(value) => typeof value === "string" && isHttpUrl(value), "must be an http or https URL"],
  auth_type: only("bearer"),
  auth_token: TEXT,
};

/** Neither field has a meaning without the other. */
const PAIR = ["auth_type", "auth_token"];

/**
 * Registers the destination of a delivery. The vendor's page shows the four fields, but not which are required or what
 * the response contains: the response leaves out the token, inferred from the token being a secret.
 *
 * @param {string} deliveryId
 * @param {Context} context
 * @returns {ApiResponse}
 */
export function createDestination(deliveryId, { world, text }) {
  const { value, rejection } = readObject(text);
  if (rejection) return rejection;
  const paired = PAIR.some((field) => value[field] !== undefined) ? PAIR : [];
  const problems = problemsOf(value, RULES, ["type", "url", ...paired]);
  if (problems.length > 0) return invalid(problems);
  const { auth_token: _, ...shown } = value;
  const created = new Date(world.now()).toISOString();
  return { status: 201, body: { ...shown, id: world.random.uuid(), delivery_id: deliveryId, created_at: created } };
}
