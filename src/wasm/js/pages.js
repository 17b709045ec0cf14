import { own } from "./misuse.js";

/**
 * Every item of a list, page by page; the next page is asked for when the items of this one are used up.
 *
 * `list` gives a page, `follow` the offset of the next one: null if this one is not to be used, undefined if it is the last. The arguments are those of the list's method, whose first
 * `parameters` go into the path.
 */
export async function* everyItem(list, follow, args, parameters, trace) {
  const path = args.slice(0, parameters);
  const [query, options] = args.slice(parameters);
  let offset = own(query, "offset") ?? 0;
  const limit = own(query, "limit");
  let before;
  let repeats = 0;
  while (offset !== undefined) {
    const page = await list([...path, from(query, offset), options], trace);
    const ends = endsOf(page.items);
    repeats = ends === before ? repeats + 1 : 0;
    before = ends;
    offset = follow(offset, limit, repeats, page, trace);
    if (offset === null) return;
    for (let index = 0; index < page.items.length; index += 1) yield page.items[index];
    // While the next page comes, this one would stay in memory with it.
    page.items = [];
  }
}

/** What tells two pages apart: their first and last items. The engine's own writer of JSON fails where they are nested too deep. */
function endsOf(items) {
  const ends = [items[0], items.at(-1)];
  try {
    return JSON.stringify(ends);
  } catch {
    return ends.map((item) => own(item, "id")).filter((id) => typeof id !== "object").join();
  }
}

/** The parameters with another offset. What are none, or cannot be read, is for the list to refuse. */
function from(query, offset) {
  if (query !== undefined && typeof query !== "object") return query;
  try {
    return { ...query, offset };
  } catch {
    return query;
  }
}
