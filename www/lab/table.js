// The charts as a table: for each call one row with its attempts and waits in words.

import { byId, el, fill } from "../ui/dom.js";
import { SIDES } from "./recording.js";

/** @param {number} ms */
const seconds = (ms) => (ms / 1000).toFixed(2);
/** Shorter times in the queue are not listed. */
const MIN_QUEUED_MS = 10;
/** @type {Partial<Record<import("./model.js").Bar["kind"], string>>} */
const LABELS = {
  connection: "connection reset",
  timeout: "timed out",
  flight: "in flight",
  wait: "waited",
  queued: "queued for",
};
const PAUSES = { throttled: "rate limited", outage: "outage" };

/**
 * @param {import("./metrics.js").Models} models
 * @param {number} calls
 */
export function showTable(models, calls) {
  const histories = SIDES.map((side) => historiesOf(models[side]));
  const rows = Array.from({ length: calls }, (_, call) => {
    const cells = histories.map((historyOf) => el("td", {}, historyOf(call)));
    return el("tr", {}, el("th", { scope: "row" }, String(call + 1)), cells);
  });
  fill(byId("calls"), rows);
  const pauses = models.client.pauses.map(
    ({ from, to, until, reason }) => `${PAUSES[reason]} from ${seconds(from)} to ${seconds(to ?? until)} s`,
  );
  byId("pauses").textContent =
    pauses.length === 0
      ? "This client did not pause its calls."
      : `This client paused all calls: ${pauses.join("; ")}.`;
}

/** @param {import("./model.js").Model} model */
function historiesOf({ bars, open, failures }) {
  /** @type {Map<number, string[]>} */
  const histories = new Map();
  /**
   * @param {number} call
   * @param {string} text
   */
  const add = (call, text) => histories.set(call, [...(histories.get(call) ?? []), text]);
  for (const { call, from, to, kind, status } of bars) {
    if (kind === "queued" && to - from < MIN_QUEUED_MS) continue;
    const isWait = kind === "wait" || kind === "queued";
    add(call, isWait ? `${LABELS[kind]} ${seconds(to - from)} s` : `${status ?? LABELS[kind]} at ${seconds(to)} s`);
  }
  for (const { call, kind } of open.values()) add(call, kind === "flight" ? "in flight" : "waiting");
  for (const { call, error } of failures) add(call, `failed: ${error}`);
  /** @param {number} call */
  return (call) => histories.get(call)?.join(", ") ?? "not started";
}
