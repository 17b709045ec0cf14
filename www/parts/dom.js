// Elements from plain data: nothing here takes HTML as text, so that an answer can never become markup.

/**
 * @param {string} tag
 * @param {Record<string, unknown>} [given] attributes; `on…` are listeners, and `value`, `checked` and so on are set as properties
 * @param {...(Node | string | undefined | null | false)} children
 */
export function el(tag, given = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (PROPERTIES.has(name)) element[name] = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(
    ...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false),
  );
  return element;
}

const PROPERTIES = new Set(["value", "checked", "hidden", "disabled", "textContent"]);

export const byId = (id) => document.getElementById(id);

export function fill(element, ...children) {
  element.replaceChildren(
    ...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false),
  );
}

let count = 0;
/** A name for an element that another one points to. */
export const freshId = (stem) => `${stem}-${(count += 1)}`;

/** Text with the words in backticks as code. */
export function prose(text) {
  return text.split("`").map((part, index) => (index % 2 === 1 ? el("code", {}, part) : part));
}
