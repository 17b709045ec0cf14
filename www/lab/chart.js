// The chart of one side: a row for each call with bars in the color of their results, shared pauses as bands, and the
// requests per second below. Complete bars are painted once, on a layer of their own; a frame adds the open ones.

/**
 * @typedef {import("./model.js").Model} Model
 * @typedef {import("./model.js").Bar} Bar
 *
 * @typedef {object} View
 * @property {number} head the time that is shown, in milliseconds
 * @property {number} span the time across, in milliseconds
 * @property {number} maxRate the top of the rate scale, in requests per second
 *
 * @typedef {object} Frame
 * @property {number} ratio device pixels per CSS pixel
 * @property {number} row the height of a call
 * @property {number} span
 * @property {number} maxRate
 * @property {number} bottom of the calls
 * @property {(at: number) => number} x
 * @property {number} width
 * @property {number} height
 */

const GUTTER = 40;
const EDGE = 8;
const AXIS = 22;
const RATES = 64;
const MARK = 3;
/** The height of all rows, unless that exceeds the limits of one. */
const ROWS = 430;
const ROW = { max: 16, min: 1 };
/** The custom properties of `base.css` with the colors. */
const COLORS = [
  "ok",
  "limited",
  "server",
  "connection",
  "timeout",
  "other",
  "flight",
  "wait",
  "queued",
  "throttled",
  "outage",
  "fail",
  "ink",
  "quiet",
  "line",
  "bar",
];
/** Bars of waits are thinner than those of requests. */
const THIN = new Set(["wait", "queued"]);

export class Chart {
  #canvas;
  #context;
  /** The layer of the complete bars, and how many it has. */
  #layer = document.createElement("canvas");
  #layerContext = contextOf(this.#layer);
  #painted = 0;
  #key = "";
  /** @type {Record<string, string>} */
  #colors = {};
  #isVisible = true;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {() => void} onVisible the chart was scrolled into view, and may be outdated
   */
  constructor(canvas, onVisible) {
    this.#canvas = canvas;
    this.#context = contextOf(canvas);
    new IntersectionObserver(([{ isIntersecting }]) => {
      const isNew = isIntersecting && !this.#isVisible;
      this.#isVisible = isIntersecting;
      if (isNew) onVisible();
    }).observe(canvas);
  }

  /** Needed once, and after a change of the theme. */
  readColors() {
    const style = getComputedStyle(this.#canvas);
    for (const name of COLORS) this.#colors[name] = style.getPropertyValue(`--${name}`).trim();
    this.#key = "";
  }

  /**
   * @param {Model} model
   * @param {View} view
   */
  paint(model, { head, span, maxRate }) {
    const { clientWidth: width } = this.#canvas;
    if (width === 0) return;
    const ratio = devicePixelRatio;
    const row = Math.min(ROW.max, Math.max(ROW.min, ROWS / model.calls));
    const height = Math.ceil(row * model.calls) + AXIS + RATES + EDGE * 2;
    /** @type {Frame} */
    const frame = {
      ratio,
      row,
      span,
      maxRate,
      bottom: EDGE + row * model.calls,
      x: (at) => GUTTER + (at / span) * (width - GUTTER - EDGE),
      width,
      height,
    };
    this.#fit(frame, model);
    // Out of view, the chart only needs its height, for the layout of the page.
    if (!this.#isVisible) return;
    const context = this.#context;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#paintPauses(model, head, frame);
    for (; this.#painted < model.bars.length; this.#painted += 1)
      this.#paintBar(this.#layerContext, model.bars[this.#painted], frame);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(this.#layer, 0, 0);
    for (const bar of model.open.values()) this.#paintBar(context, { ...bar, to: head }, frame);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#paintFailures(model, frame);
    this.#paintRates(model, frame);
    this.#paintAxis(model, frame);
    context.fillStyle = this.#colors.ink;
    context.fillRect(frame.x(Math.min(head, span)), EDGE, 1, height - AXIS - EDGE * 2);
  }

  /**
   * Clears the layer if the size or the scale changed, or an earlier time is shown.
   *
   * @param {Frame} frame
   * @param {Model} model
   */
  #fit({ ratio, width, height, span }, model) {
    const key = [ratio, width, height, span, model.calls].join();
    if (key === this.#key && this.#painted <= model.bars.length) return;
    this.#key = key;
    this.#painted = 0;
    for (const canvas of [this.#canvas, this.#layer]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    this.#canvas.style.height = `${height}px`;
  }

  /**
   * On whole device pixels, so that thin bars are not blurred.
   *
   * @param {CanvasRenderingContext2D} context
   * @param {Pick<Bar, "call" | "from" | "to" | "kind">} bar
   * @param {Frame} frame
   */
  #paintBar(context, { call, from, to, kind }, { ratio, row, x }) {
    const top = Math.round((EDGE + call * row) * ratio);
    const next = Math.round((EDGE + (call + 1) * row) * ratio);
    const gap = next - top > 3 * ratio ? Math.ceil(ratio) : 0;
    const full = next - top - gap;
    const height = THIN.has(kind) ? Math.max(1, Math.round(full / 3)) : full;
    const left = Math.round(x(from) * ratio);
    const width = Math.max(ratio, Math.round(x(to) * ratio) - left);
    context.fillStyle = this.#colors[kind];
    context.fillRect(left, top + ((full - height) >> 1), width, Math.max(1, height));
  }

  /**
   * @param {Model} model
   * @param {Frame} frame
   */
  #paintFailures({ failures }, { row, x }) {
    this.#context.fillStyle = this.#colors.fail;
    for (const { call, at } of failures)
      this.#context.fillRect(x(at) - 1, EDGE + call * row, MARK, Math.max(1, row - 1));
  }

  /**
   * @param {Model} model
   * @param {number} head
   * @param {Frame} frame
   */
  #paintPauses({ pauses }, head, { x, bottom, span }) {
    for (const { from, to, until, reason } of pauses) {
      const left = x(from);
      this.#context.fillStyle = this.#colors[reason];
      // An open pause is shown up to its expected end.
      const end = Math.min(span, to ?? Math.max(head, until));
      this.#context.fillRect(left, EDGE, Math.max(1, x(end) - left), bottom - EDGE);
    }
  }

  /**
   * @param {Model} model
   * @param {Frame} frame
   */
  #paintRates({ sentAt }, { span, maxRate, x, bottom }) {
    const bin = binOf(span);
    const base = bottom + AXIS + RATES;
    const context = this.#context;
    context.fillStyle = this.#colors.bar;
    for (const [index, count] of countsOf(sentAt, span).entries()) {
      if (count === 0) continue;
      const [left, right] = [x(index * bin), x(Math.min(span, (index + 1) * bin))];
      const height = Math.max(1, (rateOf(count, span) / maxRate) * RATES);
      context.fillRect(left, base - height, Math.max(1, right - left - 1), height);
    }
    context.fillStyle = this.#colors.line;
    context.fillRect(GUTTER, base, x(span) - GUTTER, 1);
  }

  /**
   * @param {Model} model
   * @param {Frame} frame
   */
  #paintAxis({ calls }, { span, maxRate, x, bottom, row }) {
    const context = this.#context;
    context.fillStyle = this.#colors.quiet;
    context.font = "11px system-ui, sans-serif";
    context.textBaseline = "middle";
    context.textAlign = "right";
    context.fillText("1", GUTTER - 6, EDGE + Math.max(row / 2, 5));
    if (calls > 1 && bottom > EDGE + 24) context.fillText(String(calls), GUTTER - 6, bottom - Math.max(row / 2, 5));
    context.fillText(`${Math.round(maxRate)}/s`, GUTTER - 6, bottom + AXIS + 6);
    const step = stepOf(span);
    for (let at = 0; at <= span; at += step) {
      context.textAlign = at === 0 ? "left" : at + step > span ? "right" : "center";
      context.fillText(`${at / 1000} s`, x(at), bottom + AXIS / 2);
      context.fillStyle = this.#colors.line;
      context.fillRect(x(at), bottom, 1, 4);
      context.fillStyle = this.#colors.quiet;
    }
  }
}

/** @param {HTMLCanvasElement} canvas */
function contextOf(canvas) {
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("this browser has no 2D canvas");
  return context;
}

/** @param {number} span */
const stepOf = (span) => [1000, 2000, 5000, 10_000, 20_000].find((step) => span / step <= 6) ?? 30_000;

/**
 * The width of a bar of the rates: wide enough for several requests, narrow enough to show when they were sent.
 *
 * @param {number} span
 */
const binOf = (span) => (span <= 12_000 ? 500 : span <= 60_000 ? 1000 : 2000);

/**
 * @param {number} count of requests in a bin
 * @param {number} span
 */
const rateOf = (count, span) => (count / binOf(span)) * 1000;

/**
 * @param {number[]} sentAt
 * @param {number} span
 * @returns {number[]} of each bin
 */
function countsOf(sentAt, span) {
  const counts = new Array(Math.ceil(span / binOf(span))).fill(0);
  for (const at of sentAt) counts[Math.min(counts.length - 1, Math.floor(at / binOf(span)))] += 1;
  return counts;
}

/**
 * The highest rate, so that both charts can share a scale.
 *
 * @param {Model} model
 * @param {number} span
 */
export const highestRate = ({ sentAt }, span) => rateOf(Math.max(...countsOf(sentAt, span)), span);
