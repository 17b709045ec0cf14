// The instant that is shown. While a run goes on it is now; paused, it stands still and the run goes on.

/** For those who want less motion the picture is drawn twice a second. */
const CALM_MS = 500;
const calm = matchMedia("(prefers-reduced-motion: reduce)");
/** Events come in batches: an instant this old has all of its own. */
const BEHIND_MS = 50;
export const STEP_MS = 100;

export class Player {
  #begun = 0;
  #last;
  #frame;
  #shown = 0;
  speed = 1;

  /** @param {(head: number) => void} show */
  constructor(show) {
    this.show = show;
    this.reset();
  }

  reset() {
    cancelAnimationFrame(this.#frame);
    Object.assign(this, { head: 0, end: undefined, isPlaying: false, isLive: false });
    this.#frame = undefined;
  }

  begin() {
    this.#begun = performance.now();
    Object.assign(this, { isPlaying: true, isLive: true });
    this.#run();
  }

  /** The run is over at that time. */
  finish(end) {
    this.end = end;
  }

  get now() {
    return this.end ?? Math.max(0, performance.now() - this.#begun - BEHIND_MS);
  }

  get isAtEnd() {
    return this.end !== undefined && this.head >= this.end;
  }

  pause() {
    Object.assign(this, { isPlaying: false, isLive: false });
  }

  /** Goes on from the instant shown; from the beginning if that is the end. */
  play() {
    if (this.isAtEnd) this.head = 0;
    this.isPlaying = true;
    this.#run();
  }

  seek(head) {
    this.head = Math.min(this.now, Math.max(0, head));
    this.isLive = false;
    this.show(this.head);
  }

  #run() {
    this.#last = undefined;
    this.#frame ??= requestAnimationFrame((time) => this.#tick(time));
  }

  #tick(time) {
    this.#frame = undefined;
    if (!this.isPlaying) return;
    const passed = this.#last === undefined ? 0 : time - this.#last;
    this.#last = time;
    this.head = this.isLive ? this.now : Math.min(this.now, this.head + passed * this.speed);
    // One that has caught up with the run follows it.
    if (this.end === undefined && this.head >= this.now) this.isLive = true;
    if (this.isAtEnd) this.pause();
    if (!calm.matches || !this.isPlaying || time - this.#shown >= CALM_MS) {
      this.#shown = time;
      this.show(this.head);
    }
    if (this.isPlaying) this.#frame = requestAnimationFrame((next) => this.#tick(next));
  }
}
