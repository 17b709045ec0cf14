import { inspect } from "node:util";

const EVERYTHING = { depth: Infinity, maxStringLength: Infinity, maxArrayLength: Infinity };

/**
 * A value as consoles and debuggers print it.
 *
 * @param {unknown} value
 */
export const inspected = (value) =>
  [{ showHidden: true }, { getters: true }].map((more) => {
    try {
      return inspect(value, { ...EVERYTHING, ...more });
    } catch {
      return "";
    }
  });
