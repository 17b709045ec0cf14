// Elements from plain data. No function here takes HTML as text, so a response can never become markup.

/**
 * @typedef {Node | string | undefined | null | false | Child[]} Child nested lists are flattened, empty values skipped
 *
 * @typedef {object} Listeners
 * @property {(event: MouseEvent) => void} [onclick]
 * @property {(event: Event) => void} [oninput]
 * @property {(event: Event) => void} [onchange]
 *
 * @typedef {Listeners & Record<string, unknown>} Attributes
 */

const PROPERTIES = new Set(["value", "checked", "hidden", "disabled", "textContent"]);

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} [attributes] `on…` are listeners; `value`, `checked` and so on are set as properties
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else if (PROPERTIES.has(name)) Object.assign(element, { [name]: value });
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...flat(children));
  return element;
}

/**
 * The element with an id, which must exist.
 *
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @param {{new (): T}} [type] its class
 * @returns {T}
 */
export function byId(id, type) {
  const element = document.getElementById(id);
  if (!(element instanceof (type ?? HTMLElement))) throw new Error(`no ${type?.name ?? "element"} has the id ${id}`);
  return /** @type {T} */ (element);
}

/**
 * Replaces the content of an element.
 *
 * @param {Element} element
 * @param {...Child} children
 */
export function fill(element, ...children) {
  element.replaceChildren(...flat(children));
}

/**
 * @param {Child[]} children
 * @returns {(Node | string)[]}
 */
function flat(children) {
  return children.flatMap((child) => {
    if (Array.isArray(child)) return flat(child);
    return child === undefined || child === null || child === false ? [] : [child];
  });
}

let count = 0;

/**
 * A unique id, for an element that a label or a description refers to.
 *
 * @param {string} stem
 */
export const freshId = (stem) => `${stem}-${(count += 1)}`;

/**
 * Text with the words in backticks as code.
 *
 * @param {string} text
 * @returns {Child[]}
 */
export function prose(text) {
  return text.split("`").map((part, index) => (index % 2 === 1 ? el("code", {}, part) : part));
}
