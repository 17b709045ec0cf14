// It asks the worker instead of the API: so one client makes all calls and knows the server's limits, one place reads the
// key, and no module has to start whenever the popup opens.

const { value, error } = await chrome.runtime.sendMessage({ action: "searches", limit: 10 });

document.querySelector("#told").textContent = error
  ? [error.message, error.resolution].filter(Boolean).join(" ")
  : `${value.names.length} of ${value.total}`;
document.querySelector("#list").replaceChildren(
  ...(value?.names ?? []).map((name) => {
    const item = document.createElement("li");
    item.textContent = name;
    return item;
  }),
);
