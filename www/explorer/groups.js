// Inputs for objects, lists of objects, and objects of one kind or another.

import { el, freshId } from "../parts/dom.js";
import { labelled, otherFields } from "./fields.js";

export function objectOf({ fields, open }) {
  const inputs = fields.map((spec) => [spec.name, labelled(spec)]);
  const others = open ? otherFields() : undefined;
  return {
    element: el(
      "div",
      { class: "fields" },
      inputs.map(([, { element }]) => element),
      others?.element,
    ),
    read() {
      const pairs = inputs.map(([name, field]) => [name, field.read()]).filter(([, value]) => value !== undefined);
      const value = { ...Object.fromEntries(pairs), ...others?.read() };
      return Object.keys(value).length === 0 ? undefined : value;
    },
    write(value = {}) {
      const rest = { ...value };
      for (const [name, field] of inputs) {
        field.write(value[name]);
        delete rest[name];
      }
      others?.write(Object.keys(rest).length === 0 ? undefined : rest);
    },
  };
}

export function listOfObjects(spec) {
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
      more.focus();
    });
    items.push(item);
    list.append(element);
    return item;
  };
  const more = el(
    "button",
    { type: "button", class: "small", onclick: () => add().element.querySelector("input")?.focus() },
    "Add one",
  );
  if (!spec.optional) add();
  return {
    element: el("div", {}, list, more),
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

/** One of several objects: the fields are those of the kind that is chosen. */
export function eitherOf({ of }) {
  const name = freshId("kind");
  const parts = of.map((spec) => objectOf(spec));
  const radios = of.map((_, index) =>
    el("input", { type: "radio", name, value: String(index), checked: index === 0, onchange: show }),
  );
  const choice = el(
    "fieldset",
    { class: "group" },
    el("legend", {}, "Which kind"),
    of.map(({ doc }, index) => el("label", { class: "choice" }, radios[index], ` ${doc}`)),
  );
  const chosen = () => radios.findIndex((radio) => radio.checked);
  function show() {
    // Disabled, the fields of the other kinds are neither checked nor reached.
    for (const [index, { element }] of wrapped.entries())
      Object.assign(element, { hidden: index !== chosen(), disabled: index !== chosen() });
  }
  const wrapped = parts.map((part) => ({ ...part, element: el("fieldset", { class: "bare" }, part.element) }));
  show();
  return {
    element: el(
      "div",
      {},
      choice,
      wrapped.map(({ element }) => element),
    ),
    read: () => parts[chosen()].read(),
    write(value) {
      parts[chosen()].write(value);
    },
  };
}
