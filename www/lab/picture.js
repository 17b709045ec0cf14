// The picture of a side: a lane a call, bars in their outcome's colour, shared pauses as bands, requests a second below.
// Bars that are finished are painted once, on a layer of their own; a frame adds what is new and what is under way.

const GUTTER = 40;
const EDGE = 8;
const AXIS = 22;
const RATES = 64;
const MARK = 3;
const LANES = 430;
const LANE = { most: 16, least: 1 };
const KINDS = [
  "ok",
  "limited",
  "server",
  "connection",
  "timeout",
  "other",
  "flight",
  "wait",
  "turn",
  "pause",
  "outage",
  "fail",
];
/** Bars of waiting are thinner than those of requests. */
const THIN = new Set(["wait", "turn"]);

export class Picture {
  #canvas;
  #context;
  #settled = document.createElement("canvas");
  #painted = 0;
  #key = "";
  #colours = {};
  #isSeen = true;

  /** @param {() => void} onSeen it has come into sight, and may be behind */
  constructor(canvas, onSeen) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d");
    new IntersectionObserver(([{ isIntersecting }]) => {
      const isNew = isIntersecting && !this.#isSeen;
      this.#isSeen = isIntersecting;
      if (isNew) onSeen();
    }).observe(canvas);
  }

  /** After a change of the theme. */
  recolour() {
    const style = getComputedStyle(this.#canvas);
    for (const name of [...KINDS, "ink", "quiet", "line", "bar"])
      this.#colours[name] = style.getPropertyValue(`--${name}`).trim();
    this.#key = "";
  }

  /**
   * @param {object} model what to show
   * @param {{head: number, span: number, most: number}} view the instant, the time across, the highest rate (all in ms)
   */
  paint(model, { head, span, most }) {
    const { clientWidth: width } = this.#canvas;
    if (width === 0) return;
    const ratio = devicePixelRatio;
    const lane = Math.min(LANE.most, Math.max(LANE.least, LANES / model.calls));
    const height = Math.ceil(lane * model.calls) + AXIS + RATES + EDGE * 2;
    const frame = {
      ratio,
      lane,
      span,
      most,
      bottom: EDGE + lane * model.calls,
      x: (at) => GUTTER + (at / span) * (width - GUTTER - EDGE),
      width,
      height,
    };
    this.#fit(frame, model);
    // Out of sight it is as tall as it has to be, and costs no more.
    if (!this.#isSeen) return;
    const context = this.#context;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#holds(model, head, frame);
    this.#settle(model, frame);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(this.#settled, 0, 0);
    for (const bar of model.open.values()) this.#bar(context, { ...bar, to: head }, frame);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#marks(model, frame);
    this.#rates(model, frame);
    this.#axis(model, frame);
    context.fillStyle = this.#colours.ink;
    context.fillRect(frame.x(Math.min(head, span)), EDGE, 1, height - AXIS - EDGE * 2);
  }

  /** Another size or scale, or an earlier instant, begins the finished layer anew. */
  #fit({ ratio, width, height, span }, model) {
    const key = [ratio, width, height, span, model.calls].join();
    if (key === this.#key && this.#painted <= model.bars.length) return;
    this.#key = key;
    this.#painted = 0;
    for (const canvas of [this.#canvas, this.#settled]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    this.#canvas.style.height = `${height}px`;
  }

  #settle(model, frame) {
    const context = this.#settled.getContext("2d");
    for (; this.#painted < model.bars.length; this.#painted += 1) this.#bar(context, model.bars[this.#painted], frame);
  }

  /** On whole pixels of the device, so that thin bars are not blurred. */
  #bar(context, { lane, from, to, kind }, { ratio, lane: pitch, x }) {
    const top = Math.round((EDGE + lane * pitch) * ratio);
    const next = Math.round((EDGE + (lane + 1) * pitch) * ratio);
    const gap = next - top > 3 * ratio ? Math.ceil(ratio) : 0;
    const tall = next - top - gap;
    const height = THIN.has(kind) ? Math.max(1, Math.round(tall / 3)) : tall;
    const left = Math.round(x(from) * ratio);
    context.fillStyle = this.#colours[kind];
    context.fillRect(
      left,
      top + ((tall - height) >> 1),
      Math.max(ratio, Math.round(x(to) * ratio) - left),
      Math.max(1, height),
    );
  }

  /** Where calls failed for good. */
  #marks({ marks }, { lane: pitch, x }) {
    this.#context.fillStyle = this.#colours.fail;
    for (const { lane, at } of marks)
      this.#context.fillRect(x(at) - 1, EDGE + lane * pitch, MARK, Math.max(1, pitch - 1));
  }

  #holds({ holds }, head, { x, bottom, span }) {
    for (const { from, to, until, why } of holds) {
      const left = x(from);
      this.#context.fillStyle = this.#colours[why];
      // What is promised is shown, as far as it fits.
      const end = Math.min(span, to ?? Math.max(head, until));
      this.#context.fillRect(left, EDGE, Math.max(1, x(end) - left), bottom - EDGE);
    }
  }

  #rates({ sent }, { span, most, x, bottom }) {
    const counts = binned(sent, span);
    const base = bottom + AXIS + RATES;
    const context = this.#context;
    context.fillStyle = this.#colours.bar;
    for (const [bin, count] of counts.entries()) {
      if (count === 0) continue;
      const [left, right] = [x(bin * binOf(span)), x(Math.min(span, (bin + 1) * binOf(span)))];
      const height = Math.max(1, (rate(count, span) / most) * RATES);
      context.fillRect(left, base - height, Math.max(1, right - left - 1), height);
    }
    context.fillStyle = this.#colours.line;
    context.fillRect(GUTTER, base, x(span) - GUTTER, 1);
  }

  #axis({ calls }, { span, most, x, bottom, lane }) {
    const context = this.#context;
    context.fillStyle = this.#colours.quiet;
    context.font = "11px system-ui, sans-serif";
    context.textBaseline = "middle";
    context.textAlign = "right";
    context.fillText("1", GUTTER - 6, EDGE + Math.max(lane / 2, 5));
    if (calls > 1 && bottom > EDGE + 24) context.fillText(String(calls), GUTTER - 6, bottom - Math.max(lane / 2, 5));
    context.fillText(`${Math.round(most)}/s`, GUTTER - 6, bottom + AXIS + 6);
    context.textAlign = "center";
    const step = stepOf(span);
    for (let at = 0; at <= span; at += step) {
      context.textAlign = at === 0 ? "left" : at + step > span ? "right" : "center";
      context.fillText(`${at / 1000} s`, x(at), bottom + AXIS / 2);
      context.fillStyle = this.#colours.line;
      context.fillRect(x(at), bottom, 1, 4);
      context.fillStyle = this.#colours.quiet;
    }
  }
}

const stepOf = (span) => [1000, 2000, 5000, 10_000, 20_000].find((step) => span / step <= 6) ?? 30_000;
/** Wide enough to count in, narrow enough to see when. */
const binOf = (span) => (span <= 12_000 ? 500 : span <= 60_000 ? 1000 : 2000);
const rate = (count, span) => (count / binOf(span)) * 1000;

function binned(sent, span) {
  const counts = new Array(Math.ceil(span / binOf(span))).fill(0);
  for (const at of sent) counts[Math.min(counts.length - 1, Math.floor(at / binOf(span)))] += 1;
  return counts;
}

/** The highest rate, so that two pictures can have one scale. */
export const highest = ({ sent }, span) => rate(Math.max(...binned(sent, span)), span);
