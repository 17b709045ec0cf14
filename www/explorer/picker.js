// The table of operations as radio buttons in groups, and on a narrow screen as one select.

import { byId, el } from "../ui/dom.js";

/** @typedef {import("./operations.js").Operation} Operation */

/**
 * @param {Operation[]} operations
 * @param {(key: string) => void} onPick
 */
export function startPicker(operations, onPick) {
  const select = byId("operation", HTMLSelectElement);
  /** @type {Map<string, HTMLInputElement>} */
  const radios = new Map();
  for (const namespace of new Set(operations.map((row) => row.namespace))) {
    const rows = operations.filter((row) => row.namespace === namespace);
    byId("operations").append(el("fieldset", {}, el("legend", {}, namespace), rows.map(labelOf)));
    const options = rows.map(({ key }) => el("option", { value: key }, key));
    select.append(el("optgroup", { label: namespace }, options));
  }
  select.addEventListener("change", () => onPick(select.value));

  /** @param {Operation} operation */
  function labelOf({ key, method, name }) {
    const radio = el("input", { type: "radio", name: "operation", value: key, onchange: () => onPick(key) });
    radios.set(key, radio);
    return el(
      "label",
      { class: "operation" },
      radio,
      el("span", { class: "name" }, name),
      el("span", { class: `method ${method.toLowerCase()}` }, method),
    );
  }

  return {
    /** @param {string} key */
    show(key) {
      select.value = key;
      const radio = radios.get(key);
      if (radio === undefined) return;
      radio.checked = true;
      radio.closest("label")?.scrollIntoView({ block: "nearest" });
    },
  };
}
