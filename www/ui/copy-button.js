// A button that copies a text and confirms it.

import { announce } from "./announce.js";
import { el } from "./dom.js";

const CONFIRMATION_MS = 1600;

/**
 * @param {string} label
 * @param {() => string} text read on each click
 */
export function copyButton(label, text) {
  const button = el("button", { type: "button", class: "small", onclick: copy }, label);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  async function copy() {
    const message = (await writeClipboard(text())) ? "Copied" : "Copying failed: select the text instead";
    clearTimeout(timer);
    button.textContent = message;
    announce(message);
    timer = setTimeout(() => {
      button.textContent = label;
    }, CONFIRMATION_MS);
  }
  return button;
}

/**
 * Falls back to `execCommand`, which needs no permission: not every browser lets a page use the clipboard API.
 *
 * @param {string} text
 * @returns {Promise<boolean>} whether it was copied
 */
async function writeClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const before = document.activeElement;
    const field = el("textarea", { value: text, class: "visually-hidden", "aria-hidden": "true", tabindex: "-1" });
    document.body.append(field);
    field.select();
    const isCopied = document.execCommand("copy");
    field.remove();
    if (before instanceof HTMLElement) before.focus();
    return isCopied;
  }
}
