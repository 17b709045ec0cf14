// Runs in a web page, which can read all that it shows. It has no key and no client: it sends messages to the worker.

const button = document.createElement("button");
button.textContent = "OpenProspect searches";
const list = document.createElement("ul");

/** @param {{action: string, limit: number}} message */
async function send(message) {
  try {
    return await chrome.runtime.sendMessage(message);
  } catch (error) {
    // The extension was updated while the page was open.
    return { error };
  }
}

button.addEventListener("click", async (event) => {
  // Ignores clicks that a script of the page made.
  if (!event.isTrusted) return;
  const { value, error } = await send({ action: "searches", limit: 5 });
  /** @type {string[]} */
  const lines = error ? [error.message] : value.names;
  list.replaceChildren(
    ...lines.map((line) => {
      const item = document.createElement("li");
      item.textContent = line;
      return item;
    }),
  );
});

document.body.append(button, list);
