// A button that copies, and says so.

import { el } from "./dom.js";
import { say } from "./say.js";

/** How long the button says that it is done. */
const SHOWN_MS = 1600;

export function copyButton(words, text) {
  const button = el("button", { type: "button", class: "small", onclick: copy }, words);
  let timer;
  async function copy() {
    const done = await written(text());
    clearTimeout(timer);
    button.textContent = done ? "Copied" : "Select it and copy by hand";
    say(button.textContent);
    timer = setTimeout(() => {
      button.textContent = words;
    }, SHOWN_MS);
  }
  return button;
}

/** Not every browser gives a page its clipboard; the old way asks for no permission. */
async function written(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const before = document.activeElement;
    const field = el("textarea", { value: text, class: "unseen", "aria-hidden": "true", tabindex: "-1" });
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    before?.focus();
    return done;
  }
}
