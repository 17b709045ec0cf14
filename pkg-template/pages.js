/**
 * Every item of a list, page by page; the next page is asked for when the items of this one are used up.
 *
 * `list` gives a page, `follow` the offset of the next one. The arguments are those of `list`, whose first
 * `parameters` go into the path.
 */
export async function* everyItem(list, follow, args, parameters) {
  const path = args.slice(0, parameters);
  const [query, options] = args.slice(parameters);
  let offset = query?.offset ?? 0;
  let before;
  let repeats = 0;
  while (offset !== undefined) {
    // What is no object of parameters is for the list to refuse.
    const asked = query === undefined || typeof query === "object" ? { ...query, offset } : query;
    const { items, ...counts } = await list(...path, asked, options);
    const now = JSON.stringify(items);
    repeats = now === before ? repeats + 1 : 0;
    before = now;
    const next = follow(offset, { items, ...counts }, repeats);
    yield* items;
    offset = next;
  }
}
