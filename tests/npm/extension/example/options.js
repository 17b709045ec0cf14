// Stores the key, which is never shown again, and has the worker try it.

import { saveKey } from "./key.js";

const form = document.querySelector("form");
const told = document.querySelector("[role=status]");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const apiKey = form.elements.apiKey.value.trim();
  form.reset();
  await saveKey(apiKey);
  const { value, error } = await chrome.runtime.sendMessage({ action: "validate" });
  told.textContent = error
    ? [error.message, error.resolution].filter(Boolean).join(" ")
    : `Saved. It may: ${value.scopes.join(", ")}`;
});
