// The form of an operation: its path's ids, then what it takes.

import { el } from "../parts/dom.js";
import { labelled } from "./fields.js";
import { eitherOf, objectOf } from "./groups.js";

/**
 * @param {{ids: string[]}} operation
 * @param {object[]} parameters as the types have them
 * @returns {{element: Element, read: () => unknown[], write: (index: number, value: unknown) => void, values: (index: number) => unknown}}
 */
export function formOf({ ids }, parameters) {
  const inputs = parameters.map((spec, index) => {
    if (index < ids.length) return labelled({ ...spec, name: ids[index], doc: spec.doc || "Part of the path." });
    if (spec.kind === "either") return eitherOf(spec);
    if (spec.kind === "object") return objectOf(spec);
    return labelled(spec);
  });
  const nothing = el("p", { class: "quiet" }, "It takes nothing.");
  return {
    element: el("div", { class: "fields" }, inputs.length === 0 ? nothing : inputs.map(({ element }) => element)),
    /** The arguments; an id that is left empty stays, for the client to refuse. */
    read() {
      const values = inputs.map(
        (input, index) => input.read() ?? (index < ids.length ? "" : parameters[index].optional ? undefined : {}),
      );
      while (values.length > 0 && values.at(-1) === undefined) values.pop();
      return values;
    },
    values: (index) => inputs[index]?.read(),
    write: (index, value) => inputs[index]?.write(value),
  };
}
