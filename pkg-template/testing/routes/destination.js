import { problemsOf, readObject, TEXT } from "./body.js";
import { invalid } from "./errors.js";

const only = (word) => [(value) => value === word, `must be ${word}`];

function isWebAddress(value) {
  try {
    return ["http:", "https:"].includes(new URL(value).protocol);
  } catch {
    return false;
  }
}

const RULES = {
  type: only("webhook"),
  url: [(value) => typeof value === "string" && isWebAddress(value), "must be an http or https URL"],
  auth_type: only("bearer"),
  auth_token: TEXT,
};

/** Neither field has a meaning without the other. */
const PAIR = ["auth_type", "auth_token"];

/**
 * Registers the destination of a delivery. The vendor's page shows the four fields, but not which are required or what
 * the response contains: the response leaves out the token, inferred from the token being a secret.
 */
export function createDestination(deliveryId, { world, text }) {
  const { value, refused } = readObject(text);
  if (refused) return refused;
  const paired = PAIR.some((field) => value[field] !== undefined) ? PAIR : [];
  const problems = problemsOf(value, RULES, ["type", "url", ...paired]);
  if (problems.length > 0) return invalid(problems);
  const { auth_token: _, ...shown } = value;
  const created = new Date(world.now()).toISOString();
  return { status: 201, body: { ...shown, id: world.random.uuid(), delivery_id: deliveryId, created_at: created } };
}
