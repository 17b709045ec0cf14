// The picture as a table: a row a call, what happened to it in words.

import { byId, el, fill } from "../parts/dom.js";
import { SIDES } from "./recording.js";

const seconds = (ms) => (ms / 1000).toFixed(2);
/** Shorter turns are no waiting. */
const SHORT_MS = 10;
const WORDS = {
  connection: "connection broke",
  timeout: "given up",
  flight: "under way",
  wait: "waited",
  turn: "waited its turn",
};

export function showTable(models, calls) {
  const stories = SIDES.map((side) => storiesOf(models[side]));
  const rows = Array.from({ length: calls }, (_, call) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, String(call + 1)),
      stories.map((of) => el("td", {}, of(call))),
    ),
  );
  fill(byId("calls"), rows);
  const { holds } = models.client;
  const words = holds.map(
    ({ from, to, until, why }) =>
      `${why === "pause" ? "a pause" : "an outage"} from ${seconds(from)} to ${seconds(to ?? until)} s`,
  );
  byId("holds").textContent =
    words.length === 0
      ? "This client held nothing back."
      : `All calls of this client waited together: ${words.join("; ")}.`;
}

function storiesOf({ bars, open, marks }) {
  const parts = new Map();
  const add = (lane, text) => parts.set(lane, [...(parts.get(lane) ?? []), text]);
  for (const { lane, from, to, kind, status } of bars) {
    if (kind === "turn" && to - from < SHORT_MS) continue;
    add(
      lane,
      kind === "wait" || kind === "turn"
        ? `${WORDS[kind]} ${seconds(to - from)} s`
        : `${status ?? WORDS[kind]} at ${seconds(to)} s`,
    );
  }
  for (const { lane, kind } of open.values()) add(lane, kind === "flight" ? "under way" : "waits");
  for (const { lane, error } of marks) add(lane, `failed: ${error}`);
  return (lane) => parts.get(lane)?.join(", ") ?? "not begun";
}
