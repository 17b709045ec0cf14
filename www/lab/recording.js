// All events of a run, and the state of both sides at any time of it.

import { Model } from "./model.js";

/**
 * @typedef {import("./events.js").Side} Side
 * @typedef {import("./events.js").RunEvent} RunEvent
 */

/** @type {Side[]} */
export const SIDES = ["client", "loop"];

export class Recording {
  /** @type {Record<Side, RunEvent[]>} */
  #events = { client: [], loop: [] };
  /** How many events the models contain. */
  #applied = { client: 0, loop: 0 };
  #head = 0;

  /** @param {number} calls */
  constructor(calls) {
    this.calls = calls;
    this.models = this.#freshModels();
  }

  /** @param {RunEvent[]} events */
  add(events) {
    for (const event of events) this.#events[event.side].push(event);
  }

  /**
   * The models at a time. To go back, the events are applied again from the start.
   *
   * @param {number} head
   */
  at(head) {
    if (head < this.#head) {
      this.models = this.#freshModels();
      this.#applied = { client: 0, loop: 0 };
    }
    this.#head = head;
    for (const side of SIDES) {
      const events = this.#events[side];
      for (; this.#applied[side] < events.length && events[this.#applied[side]].at <= head; this.#applied[side] += 1) {
        this.models[side].apply(events[this.#applied[side]]);
      }
    }
    return this.models;
  }

  /** The models at the end of the run, independent of the time that is shown. */
  final() {
    const models = this.#freshModels();
    for (const side of SIDES) for (const event of this.#events[side]) models[side].apply(event);
    return models;
  }

  #freshModels() {
    return { client: new Model(this.calls), loop: new Model(this.calls) };
  }
}
