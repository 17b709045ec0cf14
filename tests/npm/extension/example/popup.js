// Sends a message to the worker instead of a request to the API: one client makes all calls and tracks the rate limit,
// only the worker reads the key, and the popup does not start a module each time that it opens.

const { value, error } = await chrome.runtime.sendMessage({ action: "searches", limit: 10 });

const [status] = document.querySelectorAll("#status");
const [list] = document.querySelectorAll("#list");

status.textContent = error
  ? [error.message, error.resolution].filter(Boolean).join(" ")
  : `${value.names.length} of ${value.total}`;
list.replaceChildren(
  ...(value?.names ?? []).map((name) => {
    const item = document.createElement("li");
    item.textContent = name;
    return item;
  }),
);
