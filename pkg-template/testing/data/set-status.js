import { STATES } from "./lifecycle.js";

/** @import { World } from "./world.js" */

/**
 * Sets the state of an order or a profile of any organization.
 *
 * @param {World} world
 * @param {keyof typeof STATES} kind
 * @param {string} id
 * @param {string} status
 * @param {string} [message]
 */
export function setStatus({ collections, organisations, lifecycle }, kind, id, status, message) {
  if (!Object.hasOwn(STATES, kind))
    throw new TypeError(`setStatus: the kind must be ${Object.keys(STATES).join(" or ")}`);
  if (!STATES[kind].includes(status)) throw new TypeError(`setStatus: the status must be ${STATES[kind].join(", ")}`);
  if (message !== undefined && typeof message !== "string")
    throw new TypeError("setStatus: the message must be a string");
  const item = organisations
    .map((organisation) => collections[kind].get(organisation, id))
    .find((one) => one !== undefined);
  if (item === undefined) throw new TypeError(`setStatus: there is no such item: ${id}`);
  lifecycle.set(item, status, message);
}
