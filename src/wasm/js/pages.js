/** Iterates over every item of a list. Requests a page after the last item of the previous one, from the instance of
 * the module that is current at that time.
 * @param {import("./call-site.js").CallSite} callSite @param {unknown[]} list */
export async function* everyItem(callSite, ...list) {
  /** @type {any} */
  let page;
  do {
    page = await callSite.enter((client) => client.nextPage(...list, page));
    const { items } = page;
    for (let index = 0; index < items.length; index += 1) yield items[index];
    // Releases the items, which would otherwise stay in memory while the next page is loading.
    page.items = [];
  } while (page.offset !== undefined);
}

/** Creates an iterator that throws at once. @param {unknown} error */
// biome-ignore lint/correctness/useYield: it throws before it could.
export async function* failing(error) {
  throw error;
}
