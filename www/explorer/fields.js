// Inputs for values of each kind.

import { el, freshId, prose } from "../ui/dom.js";
import { listOfObjects, objectOf } from "./groups.js";

/**
 * @typedef {object} Input
 * @property {HTMLElement} element
 * @property {() => any} read undefined if it is empty
 * @property {(value?: any) => void} write undefined clears it
 *
 * @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Control
 * @typedef {import("../ui/dom.js").Attributes} Attributes
 * @typedef {import("./operations.js").Spec} Spec
 */

/**
 * A field with its label and its documentation.
 *
 * @param {Spec} spec
 * @returns {Input}
 */
export function labeled(spec) {
  if (spec.kind === "object" && spec.fields.length > 0) return group(spec, objectOf(spec));
  if (spec.kind === "list" && spec.of.kind === "object")
    return group(spec, listOfObjects({ of: spec.of, optional: spec.optional }));
  const id = freshId("field");
  const hint = hintOf(spec);
  const field = inputOf(spec, { id, "aria-describedby": hint && `${id}-hint`, required: !spec.optional });
  const label = el("label", { for: id }, nameOf(spec));
  const description = hint && el("p", { class: "hint", id: `${id}-hint` }, prose(hint));
  return { ...field, element: el("div", { class: "field" }, label, field.element, description) };
}

/**
 * @param {Spec} spec
 * @param {Input} input
 * @returns {Input}
 */
function group(spec, input) {
  const hint = hintOf(spec);
  const description = hint && el("p", { class: "hint" }, prose(hint));
  const legend = el("legend", {}, nameOf(spec));
  return { ...input, element: el("fieldset", { class: "group" }, legend, description, input.element) };
}

/** @param {Spec} spec */
const nameOf = ({ name, optional }) => [
  el("code", {}, name),
  optional ? undefined : el("span", { class: "required" }, " required"),
];

/** @param {Spec} spec */
function hintOf(spec) {
  const { doc, default: fallback, kind } = spec;
  const more = [
    fallback !== undefined && `Default ${fallback}.`,
    kind === "list" && spec.of.kind !== "object" && "One per line.",
    kind === "instant" && "Such as 2026-01-31T00:00:00Z.",
    (kind === "json" || kind === "object") && "As JSON.",
  ];
  return [doc, ...more].filter(Boolean).join(" ");
}

/**
 * An input whose text is parsed when it is read. A parse error is shown as the input's validation message.
 *
 * @param {Control} element
 * @param {(text: string) => unknown} parse
 * @param {(value: any) => string} format
 * @returns {Input}
 */
function textual(element, parse, format = String) {
  element.addEventListener("input", () => element.setCustomValidity(""));
  return {
    element,
    read() {
      const text = element.value.trim();
      if (text === "") return undefined;
      try {
        return parse(text);
      } catch (error) {
        element.setCustomValidity(/** @type {Error} */ (error).message);
        return text;
      }
    },
    write(value) {
      element.setCustomValidity("");
      element.value = value === undefined ? "" : format(value);
    },
  };
}

const PLAIN = { autocomplete: "off", spellcheck: "false" };

/**
 * @param {Spec} spec
 * @param {Attributes} attributes
 * @returns {Input}
 */
function inputOf(spec, attributes) {
  switch (spec.kind) {
    case "number": {
      const { min, max, default: placeholder } = spec;
      return textual(el("input", { type: "number", step: "any", min, max, placeholder, ...attributes }), Number);
    }
    case "switch":
      return selectOf(["true", "false"], attributes, (text) => text === "true");
    case "word":
      return spec.closed ? selectOf(spec.known, attributes, String) : withSuggestions(spec.known, attributes);
    case "list":
      return linesOf(spec.of, attributes);
    case "json":
    case "object":
      return jsonInput(attributes);
    default:
      return textual(el("input", { type: "text", ...PLAIN, ...attributes }), String);
  }
}

/** @param {Attributes} attributes */
function jsonInput(attributes) {
  const area = el("textarea", { rows: 3, ...PLAIN, ...attributes });
  return textual(area, JSON.parse, (value) => JSON.stringify(value, null, 2));
}

/**
 * A list of texts or numbers, one per line.
 *
 * @param {Spec} spec of an item
 * @param {Attributes} attributes
 */
function linesOf(spec, attributes) {
  /** @type {(line: string) => string | number} */
  const parse = spec.kind === "number" ? Number : String;
  const placeholder = spec.kind === "word" ? spec.known.join("\n") : undefined;
  /** @param {string} text */
  const parseLines = (text) =>
    text
      .split("\n")
      .map((line) => line.trim())
      .filter(Boolean)
      .map(parse);
  const area = el("textarea", { rows: 3, placeholder, ...PLAIN, ...attributes });
  return textual(area, parseLines, (value) => value.join("\n"));
}

/**
 * @param {string[]} known
 * @param {Attributes} attributes
 * @param {(text: string) => unknown} parse
 */
function selectOf(known, attributes, parse) {
  const options = ["", ...known].map((value) => el("option", { value }, value === "" ? "–" : value));
  return textual(el("select", attributes, options), parse);
}

/**
 * A text input that suggests the documented values: the API may add others.
 *
 * @param {string[]} known
 * @param {Attributes} attributes
 */
function withSuggestions(known, attributes) {
  const options = known.map((value) => el("option", { value }));
  const list = el("datalist", { id: `${attributes.id}-known` }, options);
  const placeholder = known.join(", ");
  const field = textual(el("input", { type: "text", placeholder, list: list.id, ...PLAIN, ...attributes }), String);
  return { ...field, element: el("div", {}, field.element, list) };
}

/** The input for the undocumented fields of an object that allows them. */
export function otherFields() {
  const id = freshId("field");
  const field = jsonInput({ id, "aria-describedby": `${id}-hint` });
  const example = el("code", {}, '{"name": 1}');
  const hint = el("p", { class: "hint", id: `${id}-hint` }, "Undocumented fields, as a JSON object: ", example, ".");
  const label = el("label", { for: id }, "Other fields");
  return { ...field, element: el("div", { class: "field" }, label, field.element, hint) };
}
