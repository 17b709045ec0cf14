// All that a run told, and what of it is known at an instant.

import { Model } from "./model.js";

export const SIDES = ["client", "loop"];

export class Recording {
  #events = { client: [], loop: [] };
  #applied = { client: 0, loop: 0 };
  #head = 0;

  constructor(calls) {
    this.calls = calls;
    this.#rewind();
  }

  add(events) {
    for (const event of events) this.#events[event.side].push(event);
  }

  /** The models as they were at an instant. Going back begins anew. */
  at(head) {
    if (head < this.#head) this.#rewind();
    this.#head = head;
    for (const side of SIDES) {
      const events = this.#events[side];
      for (; this.#applied[side] < events.length && events[this.#applied[side]].at <= head; this.#applied[side] += 1) {
        this.models[side].apply(events[this.#applied[side]]);
      }
    }
    return this.models;
  }

  /** As all ended, whatever is shown. */
  final() {
    const models = this.#fresh();
    for (const side of SIDES) for (const event of this.#events[side]) models[side].apply(event);
    return models;
  }

  #fresh() {
    return Object.fromEntries(SIDES.map((side) => [side, new Model(this.calls)]));
  }

  #rewind() {
    this.models = this.#fresh();
    this.#applied = { client: 0, loop: 0 };
  }
}
