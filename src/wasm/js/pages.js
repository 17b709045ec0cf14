/**
 * Every item of a list, page by page; the next page is requested when the items of this one are used up.
 *
 * The module reads a page and returns where the list goes on: each page enters the instance that is in use by then.
 */
export async function* everyItem(callSite, ...list) {
  let page;
  do {
    page = await callSite.enter((client) => client.nextPage(...list, page));
    const { items } = page;
    for (let index = 0; index < items.length; index += 1) yield items[index];
    // While the next page comes, this one would stay in memory with it.
    page.items = [];
  } while (page.offset !== undefined);
}

/** An iterator that fails at once. */
// biome-ignore lint/correctness/useYield: it throws before it could.
export async function* failing(error) {
  throw error;
}
