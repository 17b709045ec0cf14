// The dials as inputs.

import { byId, el, freshId } from "../parts/dom.js";
import { defaults, GROUPS, SCENES } from "./settings.js";

export function startDials(onScene) {
  // Narrow, they would stand between the button and the picture.
  byId("dials-fold").open = matchMedia("(min-width: 861px)").matches;
  const inputs = new Map([["seed", byId("seed")]]);
  const outputs = new Map();
  for (const { name, dials } of GROUPS) {
    byId("dials").append(el("fieldset", { class: "dials" }, el("legend", {}, name), dials.map(one)));
  }
  for (const [name, scene] of Object.entries(SCENES)) {
    byId("scenes").append(
      el("button", { type: "button", class: "small", onclick: () => onScene({ ...defaults(), ...scene }, name) }, name),
    );
  }

  function one(dial) {
    const { name, label, options, min, max, step, unit } = dial;
    const id = freshId("dial");
    const input = options
      ? el(
          "select",
          { id },
          Object.entries(options).map(([value, words]) => el("option", { value }, words)),
        )
      : el("input", { id, type: "range", min, max, step, oninput: () => tell(dial) });
    inputs.set(name, input);
    if (!options) outputs.set(name, el("output", { for: id }));
    if (unit) input.setAttribute("aria-valuetext", "");
    return el(
      "div",
      { class: options ? "dial choice" : "dial" },
      el("label", { for: id }, label),
      outputs.get(name),
      input,
    );
  }

  function tell({ name, unit }) {
    const words = unit ? `${inputs.get(name).value} ${unit}` : inputs.get(name).value;
    outputs.get(name).textContent = words;
    if (unit) inputs.get(name).setAttribute("aria-valuetext", words);
  }

  return {
    read: () =>
      Object.fromEntries(
        [...inputs].map(([name, input]) => [name, input.type === "select-one" ? input.value : Number(input.value)]),
      ),
    write(settings) {
      for (const [name, input] of inputs) input.value = settings[name];
      for (const { dials } of GROUPS) for (const dial of dials) if (!dial.options) tell(dial);
    },
  };
}
