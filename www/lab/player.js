// The time that is shown. During a run it is the current time; the player can pause while the run continues.

/** With `prefers-reduced-motion` the charts are drawn twice a second. */
const REDUCED_MOTION_MS = 500;
const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
/** Events arrive in batches: all events of a time this far in the past have arrived. */
const BATCH_DELAY_MS = 50;
export const STEP_MS = 100;

export class Player {
  #startedAt = 0;
  /** @type {number | undefined} the time of the previous frame */
  #last;
  /** @type {number | undefined} */
  #frame;
  #shownAt = 0;
  speed = 1;
  /** The time that is shown. */
  head = 0;
  /** @type {number | undefined} when the run ended */
  end;
  isPlaying = false;
  /** Whether the run's current time is shown. */
  isLive = false;

  /** @param {(head: number) => void} show */
  constructor(show) {
    this.show = show;
  }

  reset() {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
    Object.assign(this, { head: 0, end: undefined, isPlaying: false, isLive: false });
  }

  start() {
    this.#startedAt = performance.now();
    Object.assign(this, { isPlaying: true, isLive: true });
    this.#run();
  }

  /** @param {number} end */
  finish(end) {
    this.end = end;
  }

  get now() {
    return this.end ?? Math.max(0, performance.now() - this.#startedAt - BATCH_DELAY_MS);
  }

  get isAtEnd() {
    return this.end !== undefined && this.head >= this.end;
  }

  pause() {
    Object.assign(this, { isPlaying: false, isLive: false });
  }

  /** Plays from the time that is shown, or from the start if that is the end. */
  play() {
    if (this.isAtEnd) this.head = 0;
    this.isPlaying = true;
    this.#run();
  }

  /** @param {number} head */
  seek(head) {
    this.head = Math.min(this.now, Math.max(0, head));
    this.isLive = false;
    this.show(this.head);
  }

  #run() {
    this.#last = undefined;
    this.#frame ??= requestAnimationFrame((time) => this.#tick(time));
  }

  /** @param {number} time */
  #tick(time) {
    this.#frame = undefined;
    if (!this.isPlaying) return;
    const elapsed = this.#last === undefined ? 0 : time - this.#last;
    this.#last = time;
    this.head = this.isLive ? this.now : Math.min(this.now, this.head + elapsed * this.speed);
    // A replay that has caught up with the run follows it.
    if (this.end === undefined && this.head >= this.now) this.isLive = true;
    if (this.isAtEnd) this.pause();
    if (!reducedMotion.matches || !this.isPlaying || time - this.#shownAt >= REDUCED_MOTION_MS) {
      this.#shownAt = time;
      this.show(this.head);
    }
    if (this.isPlaying) this.#frame = requestAnimationFrame((next) => this.#tick(next));
  }
}
