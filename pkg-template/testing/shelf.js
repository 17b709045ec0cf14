/** The items of one kind, each owned by an organisation, in the order in which they came. */
export class Shelf {
  #rows = new Map();

  add(organisation, item) {
    this.#rows.set(item.id, { organisation, item });
  }

  /** What one organisation owns. */
  list(organisation) {
    return [...this.#rows.values()].filter((row) => row.organisation === organisation).map((row) => row.item);
  }

  /** An item of another organisation is as absent as one that never was. */
  get(organisation, id) {
    const row = this.#rows.get(id);
    return row?.organisation === organisation ? row.item : undefined;
  }
}
