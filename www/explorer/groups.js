// Inputs for objects, lists of objects, and alternatives.

import { el, freshId } from "../ui/dom.js";
import { labeled, otherFields } from "./fields.js";

/**
 * @typedef {import("./fields.js").Input} Input
 * @typedef {import("./operations.js").ObjectSpec} ObjectSpec
 */

/**
 * @param {Pick<ObjectSpec, "fields" | "open">} spec
 * @returns {Input}
 */
export function objectOf({ fields, open }) {
  const inputs = fields.map((spec) => ({ name: spec.name, field: labeled(spec) }));
  const others = open ? otherFields() : undefined;
  const elements = inputs.map(({ field }) => field.element);
  return {
    element: el("div", { class: "fields" }, elements, others?.element),
    read() {
      const pairs = inputs.map(({ name, field }) => [name, field.read()]).filter(([, value]) => value !== undefined);
      const value = { ...Object.fromEntries(pairs), ...others?.read() };
      return Object.keys(value).length === 0 ? undefined : value;
    },
    write(value = {}) {
      const rest = { ...value };
      for (const { name, field } of inputs) {
        field.write(value[name]);
        delete rest[name];
      }
      others?.write(Object.keys(rest).length === 0 ? undefined : rest);
    },
  };
}

/**
 * @param {{of: ObjectSpec, optional?: boolean}} spec
 * @returns {Input}
 */
export function listOfObjects(spec) {
  /** @type {Input[]} */
  let items = [];
  const list = el("ol", { class: "items" });
  const add = () => {
    const inputs = objectOf({ ...spec.of, open: false });
    const remove = el("button", { type: "button", class: "small" }, "Remove");
    const element = el("li", {}, inputs.element, remove);
    const item = { ...inputs, element };
    remove.addEventListener("click", () => {
      items = items.filter((other) => other !== item);
      element.remove();
      addButton.focus();
    });
    items.push(item);
    list.append(element);
    return item;
  };
  const onclick = () => add().element.querySelector("input")?.focus();
  const addButton = el("button", { type: "button", class: "small", onclick }, "Add");
  if (!spec.optional) add();
  return {
    element: el("div", {}, list, addButton),
    read() {
      const values = items.map((item) => item.read()).filter((value) => value !== undefined);
      return values.length > 0 || !spec.optional ? values : undefined;
    },
    write(values = []) {
      items = [];
      list.replaceChildren();
      for (const value of values) add().write(value);
    },
  };
}

/**
 * One of several objects: radio buttons select which one's fields are shown.
 *
 * @param {import("./operations.js").EitherSpec} spec
 * @returns {Input}
 */
export function eitherOf({ of }) {
  const name = freshId("kind");
  const objects = of.map((spec) => objectOf(spec));
  const wrapped = objects.map(({ element }) => el("fieldset", { class: "bare" }, element));
  const radios = of.map((_, index) =>
    el("input", { type: "radio", name, value: String(index), checked: index === 0, onchange: show }),
  );
  const choice = el(
    "fieldset",
    { class: "group" },
    el("legend", {}, "Type"),
    of.map(({ doc }, index) => el("label", { class: "choice" }, radios[index], ` ${doc}`)),
  );
  const selected = () => radios.findIndex((radio) => radio.checked);
  function show() {
    // The browser neither validates nor focuses the fields of a disabled fieldset.
    for (const [index, element] of wrapped.entries())
      Object.assign(element, { hidden: index !== selected(), disabled: index !== selected() });
  }
  show();
  return {
    element: el("div", {}, choice, wrapped),
    read: () => objects[selected()].read(),
    write: (value) => objects[selected()].write(value),
  };
}
