// The kinds of calls of the load. Each response has the id of its call, so that one that reaches the wrong call is
// found.

const FILLER = "Größe 株式会社 ".repeat(4000);
export const ITEMS = 12;

/** Gets the largest possible error. */
/** @type {Kind} */
export const HUGE = {
  name: "huge",
  run: (client, id, options) => client.get(`/api/v1/huge/${id}`, options),
  is: () => false,
};

const own = (value, id) => value?.call === id;

/**
 * `run` makes the call; `is` checks its result. `sends` is set if it changes something on the server: "once" for a
 * POST or PATCH without an idempotency key, "keyed" for one with a key. `many` marks an operation with several
 * requests that are separate calls of the client. `whole` marks a result with its attempts.
 *
 * @typedef {object} Kind
 * @property {string} name
 * @property {number} [weight]
 * @property {boolean} [whole]
 * @property {boolean} [many]
 * @property {"once" | "keyed"} [sends]
 * @property {(client: any, id: string, options: any) => Promise<any>} run
 * @property {(value: any, id: string) => boolean} is
 */

/** @type {(Kind & { weight: number })[]} */
export const KINDS = [
  { name: "get", weight: 6, run: (client, id, options) => client.companies.get(id, options), is: own },
  {
    name: "list",
    weight: 4,
    run: (client, id, options) => client.companies.list({ limit: 5 }, options),
    is: (page, id) => page.items.length === 5 && own(page.items[4], id),
  },
  {
    name: "request",
    weight: 4,
    whole: true,
    run: (client, id, options) => client.request("GET", `/api/v1/any/${id}`, options),
    is: ({ data }, id) => own(data, id),
  },
  {
    name: "head",
    weight: 1,
    whole: true,
    run: (client, id, options) => client.request("HEAD", `/api/v1/any/${id}`, options),
    is: ({ data }) => data === undefined,
  },
  {
    name: "large",
    weight: 1,
    run: (client, id, options) => client.get(`/api/v1/large/${id}`, options),
    is: (value, id) => own(value, id) && value.text.length > 200_000,
  },
  {
    name: "put",
    weight: 1,
    run: (client, id, options) => client.put(`/api/v1/any/${id}`, { ...options, body: { call: id } }),
    is: own,
  },
  {
    name: "delete",
    weight: 1,
    run: (client, id, options) => client.delete(`/api/v1/any/${id}`, options),
    is: (value) => value === undefined,
  },
  {
    name: "post",
    weight: 4,
    sends: "once",
    run: (client, id, options) => client.blacklists.create({ call: id }, options),
    is: own,
  },
  {
    name: "post, large",
    weight: 1,
    sends: "once",
    run: (client, id, options) => client.post(`/api/v1/any/${id}`, { ...options, body: { call: id, filler: FILLER } }),
    is: own,
  },
  {
    name: "patch",
    weight: 1,
    sends: "once",
    run: (client, id, options) => client.patch(`/api/v1/any/${id}`, { ...options, body: { call: id } }),
    is: own,
  },
  {
    name: "post, keyed",
    weight: 4,
    whole: true,
    sends: "keyed",
    run: (client, id, options) =>
      client.request("POST", `/api/v1/any/${id}`, { ...options, body: { call: id }, idempotencyKey: id }),
    is: ({ data }, id) => own(data, id),
  },
  {
    name: "create",
    weight: 2,
    sends: "keyed",
    run: (client, id, options) => client.searchProfiles.create({ call: id }, options),
    is: own,
  },
  {
    name: "all",
    weight: 2,
    many: true,
    run: (client, id, options) => collected(client.companies.all({ limit: 5 }, options), Infinity),
    is: (items, id) => wholeList(items, id, ITEMS),
  },
  {
    name: "all, some",
    weight: 1,
    many: true,
    run: (client, id, options) => collected(client.companies.all({ limit: 5 }, options), 7),
    is: (items, id) => wholeList(items, id, 7),
  },
  {
    name: "wait",
    weight: 1,
    many: true,
    run: (client, id, { signal, deadlineMs }) =>
      client.orders.wait(id, { pollMs: 10, ...(signal && { signal }), deadlineMs: deadlineMs ?? 3000 }),
    is: (order, id) => own(order, id) && order.status === "COMPLETED",
  },
  {
    name: "edit",
    weight: 1,
    many: true,
    sends: "once",
    run: (client, id, options) => client.prospectSearches.edit(id, () => ({ call: id }), options),
    is: own,
  },
  { name: "invalid", weight: 1, run: (client, id, options) => client.companies.get("", options), is: () => false },
];

async function collected(iterator, max) {
  const items = [];
  for await (const item of iterator) {
    items.push(item);
    if (items.length >= max) break;
  }
  return items;
}

const wholeList = (items, id, length) =>
  items.length === length && items.every((item, index) => item.n === index && own(item, id));
