// Lives in a web page, which sees all that it shows. It has no key and no client: it asks the worker.

const button = document.createElement("button");
button.textContent = "OpenProspect searches";
const list = document.createElement("ul");

async function ask(message) {
  try {
    return await chrome.runtime.sendMessage(message);
  } catch (error) {
    // The extension was updated while the page was open.
    return { error };
  }
}

button.addEventListener("click", async (event) => {
  // A click that the page's own script made is nobody's wish.
  if (!event.isTrusted) return;
  const { value, error } = await ask({ action: "searches", limit: 5 });
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
