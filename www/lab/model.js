// The state of one side at a time of the run: the bars of its calls, its shared pauses, its metrics.

/**
 * @typedef {import("./events.js").RunEvent} RunEvent
 * @typedef {import("./events.js").PauseReason} PauseReason
 *
 * @typedef {"ok" | "limited" | "server" | "other" | import("./events.js").Failure} Result of an attempt
 *
 * @typedef {object} Bar
 * @property {number} call
 * @property {number} from
 * @property {number} to
 * @property {Result | "flight" | "wait" | "queued"} kind
 * @property {string} [reason] of a wait
 * @property {number} [status]
 *
 * @typedef {Omit<Bar, "to"> & {after?: RunEvent[]}} OpenBar what a call does now; `after` are the events for its end
 *
 * @typedef {object} Pause
 * @property {number} from
 * @property {number} until when the client expects to resume
 * @property {number} [to] when it did
 * @property {PauseReason} reason
 */

/** @type {[number, Result][]} the status below which each result ends */
const RESULTS = [
  [300, "ok"],
  [429, "other"],
  [430, "limited"],
  [500, "other"],
  [Infinity, "server"],
];
/** Shorter bars are not drawn. */
const MIN_BAR_MS = 0.5;

/**
 * @param {{status?: number, failure?: import("./events.js").Failure}} response
 * @returns {Result}
 */
const resultOf = ({ status = 0, failure }) => failure ?? RESULTS.find(([below]) => status < below)?.[1] ?? "other";

export class Model {
  /** @type {Bar[]} complete bars, in the order of their ends */
  bars = [];
  /** @type {Map<number, OpenBar>} by call */
  open = new Map();
  /** @type {{call: number, at: number, error: string}[]} */
  failures = [];
  /** @type {Pause[]} */
  pauses = [];
  /** @type {Pause | undefined} */
  pause;
  /** @type {number[]} when requests were sent */
  sentAt = [];
  metrics = {
    started: 0,
    requests: 0,
    failedAttempts: 0,
    succeeded: 0,
    failed: 0,
    cutOff: 0,
    /** When the last call ended. */
    lastEnd: 0,
    over: false,
  };

  /** @param {number} calls */
  constructor(calls) {
    this.calls = calls;
  }

  /** @param {RunEvent} event */
  apply(event) {
    // A call that timed out continues before its request is reported as aborted: its next events wait for that.
    if ((event.kind === "wait" || event.kind === "done") && this.#isDeferred(event)) return;
    const { at } = event;
    switch (event.kind) {
      case "started":
        this.metrics.started += 1;
        this.#begin(event.call, at, "queued");
        break;
      case "sent":
        this.metrics.requests += 1;
        this.sentAt.push(at);
        this.#close(event.call, at);
        this.#begin(event.call, at, "flight");
        break;
      case "response":
        this.#respond(event);
        break;
      case "wait": {
        const { call, reason } = event;
        const bar = this.open.get(call);
        this.open.set(call, { call, from: bar?.kind === "queued" ? bar.from : at, kind: "wait", reason });
        break;
      }
      case "done":
        this.#end(event);
        break;
      case "pause":
        this.#pause(event);
        break;
      case "resumed":
        this.#resume(at);
        break;
      case "over":
        this.#resume(at);
        this.metrics.over = true;
        break;
    }
  }

  /** @param {RunEvent & {kind: "response"}} event */
  #respond({ call, at, status, failure }) {
    const result = resultOf({ status, failure });
    if (result !== "ok") this.metrics.failedAttempts += 1;
    const { after = [] } = this.open.get(call) ?? {};
    this.#close(call, at, result, status);
    this.#begin(call, at, "queued");
    for (const event of after) this.apply({ ...event, at: Math.max(event.at, at) });
  }

  /** @param {RunEvent & {kind: "done"}} event */
  #end({ call, at, ok, isCutOff, error = "" }) {
    this.#close(call, at);
    this.open.delete(call);
    const { metrics } = this;
    if (isCutOff) metrics.cutOff += 1;
    else if (ok) metrics.succeeded += 1;
    else metrics.failed += 1;
    if (!isCutOff) metrics.lastEnd = at;
    if (!ok) this.failures.push({ call, at, error: isCutOff ? "the run ended" : error });
  }

  /**
   * The client may report the same pause several times, with a later end.
   *
   * @param {RunEvent & {kind: "pause"}} event
   */
  #pause({ at, reason, until }) {
    if (this.pause?.reason === reason) {
      this.pause.until = Math.max(this.pause.until, until);
      return;
    }
    this.#resume(at);
    this.pause = { from: at, until, reason };
    this.pauses.push(this.pause);
  }

  /** @param {number} at */
  #resume(at) {
    if (this.pause) this.pause.to = at;
    this.pause = undefined;
  }

  /**
   * Keeps an event for the end of the call's request, if one is in flight.
   *
   * @param {RunEvent & {call: number}} event
   */
  #isDeferred(event) {
    const bar = this.open.get(event.call);
    if (bar?.kind !== "flight") return false;
    this.open.set(event.call, { ...bar, after: [...(bar.after ?? []), event] });
    return true;
  }

  /**
   * @param {number} call
   * @param {number} from
   * @param {OpenBar["kind"]} kind
   */
  #begin(call, from, kind) {
    this.open.set(call, { call, from, kind });
  }

  /**
   * @param {number} call
   * @param {number} at
   * @param {Bar["kind"]} [kind]
   * @param {number} [status]
   */
  #close(call, at, kind, status) {
    const bar = this.open.get(call);
    if (bar === undefined || (at - bar.from < MIN_BAR_MS && bar.kind !== "flight")) return;
    const { after: _, ...rest } = bar;
    this.bars.push({ ...rest, to: at, kind: kind ?? bar.kind, status });
  }
}
