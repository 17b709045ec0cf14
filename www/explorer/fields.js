// Inputs for values of each kind. All have `element`, `read()`, which gives undefined for what is left empty, and
// `write(value)`.

import { el, freshId, prose } from "../parts/dom.js";
import { listOfObjects, objectOf } from "./groups.js";

/** A field with its label and what the types say of it. */
export function labelled(spec) {
  if (spec.kind === "object" && spec.fields.length > 0) return group(spec, objectOf(spec));
  if (spec.kind === "list" && spec.of.kind === "object") return group(spec, listOfObjects(spec));
  const id = freshId("field");
  const hint = hintOf(spec);
  const field = INPUTS[spec.kind === "object" ? "json" : spec.kind](spec, {
    id,
    "aria-describedby": hint && `${id}-hint`,
    required: !spec.optional,
  });
  const label = el(
    "label",
    { for: id },
    el("code", {}, spec.name),
    spec.optional ? undefined : el("span", { class: "needed" }, " needed"),
  );
  const element = el(
    "div",
    { class: "field" },
    label,
    field.element,
    hint && el("p", { class: "hint", id: `${id}-hint` }, prose(hint)),
  );
  return { ...field, element };
}

function group(spec, { element, read, write }) {
  const legend = el(
    "legend",
    {},
    el("code", {}, spec.name),
    spec.optional ? undefined : el("span", { class: "needed" }, " needed"),
  );
  const hint = hintOf(spec);
  return {
    element: el("fieldset", { class: "group" }, legend, hint && el("p", { class: "hint" }, prose(hint)), element),
    read,
    write,
  };
}

function hintOf({ doc, default: standard, kind, of }) {
  const more = [
    standard !== undefined && `Default ${standard}.`,
    kind === "list" && of.kind !== "object" && "One a line.",
    kind === "instant" && "Such as 2026-01-31T00:00:00Z.",
    (kind === "json" || kind === "object") && "As JSON.",
  ].filter(Boolean);
  return [doc, ...more].filter(Boolean).join(" ");
}

/** An input of text whose value is read by a function; one that cannot be read is told at the input. */
function textual(element, parse, show = String) {
  element.addEventListener("input", () => element.setCustomValidity(""));
  return {
    element,
    read() {
      const text = element.value.trim();
      if (text === "") return undefined;
      try {
        return parse(text);
      } catch (error) {
        element.setCustomValidity(error.message);
        return text;
      }
    },
    write(value) {
      element.setCustomValidity("");
      element.value = value === undefined ? "" : show(value);
    },
  };
}

const PLAIN = { autocomplete: "off", spellcheck: "false" };

const INPUTS = {
  text: (spec, given) => textual(el("input", { type: "text", ...PLAIN, ...given }), String),
  instant: (spec, given) => textual(el("input", { type: "text", ...PLAIN, ...given }), String),
  number: ({ min, max, default: placeholder }, given) =>
    textual(el("input", { type: "number", step: "any", min, max, placeholder, ...given }), Number),
  switch: (spec, given) => chosen(["true", "false"], given, (text) => text === "true"),
  word: (spec, given) => (spec.closed ? chosen(spec.known, given, String) : suggested(spec.known, given)),
  list({ of }, given) {
    const parse = of.kind === "number" ? Number : String;
    const placeholder = of.known?.join("\n");
    const lines = (text) =>
      text
        .split("\n")
        .map((line) => line.trim())
        .filter(Boolean)
        .map(parse);
    return textual(el("textarea", { rows: 3, placeholder, ...PLAIN, ...given }), lines, (value) => value.join("\n"));
  },
  json: (spec, given) =>
    textual(el("textarea", { rows: 3, ...PLAIN, ...given }), JSON.parse, (value) => JSON.stringify(value, null, 2)),
};

function chosen(known, given, parse) {
  const options = ["", ...known].map((value) => el("option", { value }, value === "" ? "–" : value));
  return textual(el("select", given, options), parse);
}

/** Words that are known, and any other: servers think of new ones. */
function suggested(known, given) {
  const list = el(
    "datalist",
    { id: `${given.id}-known` },
    known.map((value) => el("option", { value })),
  );
  const field = textual(
    el("input", { type: "text", placeholder: known.join(", "), list: list.id, ...PLAIN, ...given }),
    String,
  );
  return { ...field, element: el("div", {}, field.element, list) };
}

/** What an open object may have beside its documented fields. */
export function otherFields() {
  const id = freshId("field");
  const field = INPUTS.json({}, { id, "aria-describedby": `${id}-hint` });
  const label = el("label", { for: id }, "Other fields");
  const hint = el(
    "p",
    { class: "hint", id: `${id}-hint` },
    "Not in the documentation: an object in JSON, such as ",
    el("code", {}, '{"name": 1}'),
    ".",
  );
  return { ...field, element: el("div", { class: "field" }, label, field.element, hint) };
}
