/** @typedef {{id: string, [field: string]: any}} Item An item that the mock stores: JSON, with an id. */
/** @typedef {{items: Item[], byId: Map<string, Item>, revision: number}} Owned The items of one organization. */

/** The items of one kind, each owned by an organization, in the order in which they were added. */
export class Collection {
  /** @type {Map<string, Owned>} */
  #owners = new Map();
  #fill;

  /** @param {(organisation: string) => Item[]} [fill] creates an organization's initial items on first access */
  constructor(fill = () => []) {
    this.#fill = fill;
  }

  /** @param {string} organisation */
  #of(organisation) {
    let owned = this.#owners.get(organisation);
    if (owned === undefined) {
      const items = this.#fill(organisation);
      owned = { items, byId: new Map(items.map((item) => [item.id, item])), revision: 0 };
      this.#owners.set(organisation, owned);
    }
    return owned;
  }

  /**
   * @param {string} organisation
   * @param {Item[]} added
   */
  add(organisation, ...added) {
    const owned = this.#of(organisation);
    for (const item of added) {
      owned.items.push(item);
      owned.byId.set(item.id, item);
    }
    owned.revision += 1;
  }

  /**
   * Adds items at the end; each replaces an item with the same id.
   *
   * @param {string} organisation
   * @param {Item[]} items
   */
  put(organisation, items) {
    const known = items.filter(({ id }) => this.get(organisation, id) !== undefined);
    if (known.length > 0) this.remove(organisation, new Set(known.map(({ id }) => id)));
    this.add(organisation, ...items);
  }

  /**
   * @param {string} organisation
   * @param {ReadonlySet<string>} ids
   */
  remove(organisation, ids) {
    const owned = this.#of(organisation);
    owned.items = owned.items.filter((item) => !ids.has(item.id));
    for (const id of ids) owned.byId.delete(id);
    owned.revision += 1;
  }

  /**
   * A counter that increases with each item that is added or removed.
   *
   * @param {string} organisation
   */
  revision(organisation) {
    return this.#of(organisation).revision;
  }

  /**
   * The items of one organization.
   *
   * @param {string} organisation
   */
  list(organisation) {
    return this.#of(organisation).items;
  }

  /**
   * An item of another organization is treated as nonexistent.
   *
   * @param {string} organisation
   * @param {string} id
   */
  get(organisation, id) {
    return this.#of(organisation).byId.get(id);
  }
}
