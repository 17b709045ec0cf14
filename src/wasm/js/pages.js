/**
 * Iterates over every item of a list, page by page; the next page is requested after the last item of the current one.
 *
 * The module reads a page and returns the offset of the next one: each page enters the instance that is current at that
 * time.
 */
export async function* everyItem(callSite, ...list) {
  let page;
  do {
    page = await callSite.enter((client) => client.nextPage(...list, page));
    const { items } = page;
    for (let index = 0; index < items.length; index += 1) yield items[index];
    // Releases the items, which would otherwise stay in memory while the next page is loading.
    page.items = [];
  } while (page.offset !== undefined);
}

/** Creates an iterator that throws at once. */
// biome-ignore lint/correctness/useYield: it throws before it could.
export async function* failing(error) {
  throw error;
}
