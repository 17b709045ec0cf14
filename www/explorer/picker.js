// The table of operations to choose from: radio buttons in groups, and on a narrow screen one select.

import { byId, el } from "../parts/dom.js";

export function startPicker(operations, onPick) {
  const spaces = [...new Set(operations.map((row) => row.namespace))];
  const radio = ({ key, method, name }) =>
    el(
      "label",
      { class: "operation" },
      el("input", { type: "radio", name: "operation", value: key, onchange: () => onPick(key) }),
      el("span", { class: "name" }, name),
      el("span", { class: `method ${method.toLowerCase()}` }, method),
    );
  for (const space of spaces) {
    const rows = operations.filter((row) => row.namespace === space);
    byId("operations").append(el("fieldset", {}, el("legend", {}, space), rows.map(radio)));
    byId("operation").append(
      el(
        "optgroup",
        { label: space },
        rows.map(({ key }) => el("option", { value: key }, key)),
      ),
    );
  }
  byId("operation").addEventListener("change", ({ target }) => onPick(target.value));
  return {
    show(key) {
      byId("operation").value = key;
      const input = document.querySelector(`input[name="operation"][value="${CSS.escape(key)}"]`);
      input.checked = true;
      input.closest("label").scrollIntoView({ block: "nearest" });
    },
  };
}
