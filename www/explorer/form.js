// The form of an operation: the ids of its path, then its parameters.

import { el } from "../ui/dom.js";
import { labeled } from "./fields.js";
import { eitherOf, objectOf } from "./groups.js";

/**
 * @typedef {object} Form
 * @property {Element} element
 * @property {() => unknown[]} read the arguments; an empty id is kept, for the client to reject
 * @property {(index: number) => any} valueAt
 * @property {(index: number, value: unknown) => void} write
 */

/**
 * @param {import("./operations.js").Operation} operation
 * @returns {Form}
 */
export function formOf({ ids, parameters }) {
  const inputs = parameters.map((spec, index) => {
    if (index < ids.length) return labeled({ ...spec, name: ids[index], doc: spec.doc || "Part of the path." });
    if (spec.kind === "either") return eitherOf(spec);
    if (spec.kind === "object") return objectOf(spec);
    return labeled(spec);
  });
  const empty = el("p", { class: "quiet" }, "No parameters.");
  return {
    element: el("div", { class: "fields" }, inputs.length === 0 ? empty : inputs.map(({ element }) => element)),
    read() {
      const values = inputs.map(
        (input, index) => input.read() ?? (index < ids.length ? "" : parameters[index].optional ? undefined : {}),
      );
      while (values.length > 0 && values.at(-1) === undefined) values.pop();
      return values;
    },
    valueAt: (index) => inputs[index]?.read(),
    write: (index, value) => inputs[index]?.write(value),
  };
}
