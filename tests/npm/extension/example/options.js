// Stores the key, which is never shown again, and lets the worker validate it.

import { saveKey } from "./key.js";

const form = document.forms[0];
const [status] = document.querySelectorAll("[role=status]");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const apiKey = String(new FormData(form).get("apiKey")).trim();
  form.reset();
  await saveKey(apiKey);
  const { value, error } = await chrome.runtime.sendMessage({ action: "validate" });
  status.textContent = error
    ? [error.message, error.resolution].filter(Boolean).join(" ")
    : `Saved. Scopes: ${value.scopes.join(", ")}`;
});
