// What is known of a side at an instant: the bars of its lanes, its shared pauses, its figures.

const KINDS = [
  [300, "ok"],
  [429, "other"],
  [430, "limited"],
  [500, "other"],
  [600, "server"],
];

const outcome = ({ status, failure }) => failure ?? KINDS.find(([below]) => status < below)[1];

/** What each event does. */
const ACTS = {
  begun: (model, event) => model.begin(event),
  sent: (model, event) => model.send(event),
  answered: (model, event) => model.answer(event),
  wait: (model, event) => model.wait(event),
  done: (model, event) => model.end(event),
  hold: (model, event) => model.pause(event),
  resumed: (model, event) => model.resume(event),
  over(model, event) {
    model.resume(event);
    model.figures.over = true;
  },
};

export class Model {
  constructor(calls) {
    this.calls = calls;
    /** Bars that are finished, in the order of their ends. */
    this.bars = [];
    /** What a lane does now. */
    this.open = new Map();
    /** Ends of calls that failed. */
    this.marks = [];
    this.holds = [];
    this.hold = undefined;
    /** When requests left. */
    this.sent = [];
    this.figures = { begun: 0, requests: 0, refused: 0, succeeded: 0, failed: 0, cut: 0, last: 0, over: false };
  }

  apply(event) {
    ACTS[event.kind]?.(this, event);
  }

  begin({ call, at }) {
    this.figures.begun += 1;
    this.open.set(call, { lane: call, from: at, kind: "turn" });
  }

  send({ call, at }) {
    this.figures.requests += 1;
    this.sent.push(at);
    this.#close(call, at);
    this.open.set(call, { lane: call, from: at, kind: "flight" });
  }

  answer({ call, at, ...how }) {
    const kind = outcome(how);
    if (kind !== "ok") this.figures.refused += 1;
    const { after = [] } = this.open.get(call) ?? {};
    this.#close(call, at, kind, how.status);
    this.open.set(call, { lane: call, from: at, kind: "turn" });
    for (const event of after) this.apply({ ...event, at: Math.max(event.at, at) });
  }

  wait(event) {
    if (this.#isEarly(event)) return;
    const { call, at, reason } = event;
    const now = this.open.get(call);
    this.open.set(call, { lane: call, from: now?.kind === "turn" ? now.from : at, kind: "wait", reason });
  }

  end(event) {
    if (this.#isEarly(event)) return;
    const { call, at, ok, cut, error } = event;
    this.#close(call, at);
    this.open.delete(call);
    const { figures } = this;
    if (cut) figures.cut += 1;
    else if (ok) figures.succeeded += 1;
    else figures.failed += 1;
    if (!cut) figures.last = at;
    if (!ok) this.marks.push({ lane: call, at, error: cut ? "the run ended" : error });
  }

  /** A pause that is told again while it lasts is one pause. */
  pause({ at, why, until }) {
    if (this.hold?.why === why) this.hold.until = Math.max(this.hold.until, until);
    else {
      this.resume({ at });
      this.hold = { from: at, until, why };
      this.holds.push(this.hold);
    }
  }

  resume({ at }) {
    if (this.hold) this.hold.to = at;
    this.hold = undefined;
  }

  /** A client whose time is up goes on before its request is told to be off: then what follows waits for that. */
  #isEarly(event) {
    const bar = this.open.get(event.call);
    if (bar?.kind !== "flight") return false;
    this.open.set(event.call, { ...bar, after: [...(bar.after ?? []), event] });
    return true;
  }

  #close(call, at, kind, status) {
    const bar = this.open.get(call);
    if (bar === undefined || (at - bar.from < 0.5 && bar.kind !== "flight")) return;
    const { after: _, ...rest } = bar;
    this.bars.push({ ...rest, to: at, kind: kind ?? bar.kind, status });
  }
}
