// The inputs of the settings.

import { byId, el, freshId } from "../ui/dom.js";
import { defaults, GROUPS, PRESETS, toSettings } from "./settings.js";

/**
 * @typedef {import("./events.js").Settings} Settings
 * @typedef {import("./settings.js").Setting} Setting
 */

/** @param {(settings: Settings, name: string) => void} onPreset */
export function startControls(onPreset) {
  // On a narrow screen the open settings would separate the buttons from the charts.
  byId("settings-fold", HTMLDetailsElement).open = matchMedia("(min-width: 861px)").matches;
  /** @type {Map<string, HTMLInputElement | HTMLSelectElement>} */
  const inputs = new Map([["seed", byId("seed", HTMLInputElement)]]);
  /** @type {(() => void)[]} */
  const updates = [];
  for (const { name, settings } of GROUPS) {
    const controls = settings.map(controlOf);
    byId("settings").append(el("fieldset", { class: "settings" }, el("legend", {}, name), controls));
  }
  for (const [name, preset] of Object.entries(PRESETS)) {
    const onclick = () => onPreset({ ...defaults(), ...preset }, name);
    byId("presets").append(el("button", { type: "button", class: "small", onclick }, name));
  }

  /** @param {Setting} setting */
  function controlOf(setting) {
    const id = freshId("setting");
    const label = el("label", { for: id }, setting.label);
    if ("options" in setting) {
      const options = Object.entries(setting.options).map(([value, text]) => el("option", { value }, text));
      const select = el("select", { id }, options);
      inputs.set(setting.name, select);
      return el("div", { class: "setting choice" }, label, select);
    }
    const { name, min, max, step, unit } = setting;
    const input = el("input", { id, type: "range", min, max, step, oninput: update });
    const output = el("output", { for: id });
    function update() {
      output.textContent = unit ? `${input.value} ${unit}` : input.value;
      if (unit) input.setAttribute("aria-valuetext", output.textContent);
    }
    inputs.set(name, input);
    updates.push(update);
    return el("div", { class: "setting" }, label, output, input);
  }

  return {
    read: () => toSettings((name) => inputs.get(name)?.value),
    /** @param {Settings} settings */
    write(settings) {
      for (const [name, value] of Object.entries(settings)) {
        const input = inputs.get(name);
        if (input) input.value = String(value);
      }
      for (const update of updates) update();
    },
  };
}
