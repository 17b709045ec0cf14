// The progress of a long command: one changing line on stderr on a terminal, else a dated line now and then.

import * as terminal from "./terminal.js";
import { clock, spoken } from "./time.js";

const EVERY_MS = 100;
/** Without a terminal: the minimum length of a wait that is reported, and the interval of progress reports. */
const LONG_WAIT_MS = 30_000;
const REPORT_EVERY_MS = 600_000;

/**
 * Why a client waits after an attempt.
 *
 * @param {{ status?: number, failure?: string }} attempt
 */
export function reasonOf({ status, failure }) {
  if (status === 429) return "429: rate limited";
  if (status !== undefined && status < 400) return "quota used up";
  return status === undefined ? (failure === "timeout" ? "timed out" : "no connection") : `${status}: server error`;
}

/** @param {string} what the items that are counted, such as `rows` */
export function createProgress(what) {
  const isWatched = terminal.stderrIsTerminal();
  const began = performance.now();
  /** @type {{ done: number, now: number } | undefined} */
  let first;
  let lastUpdate = -Infinity;
  let progress = "";
  /** @type {number | undefined} */
  let until;
  let reason = "";
  /** @type {NodeJS.Timeout | undefined} */
  let reports;
  /** @param {number} value */
  const number = (value) => Math.round(value).toLocaleString("en");
  /** @param {string} text */
  const dated = (text) => terminal.note(`${new Date().toISOString()} ${text}`);
  /** @param {number} time */
  const iso = (time) => (Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : "an unknown time");

  return {
    /** Without a terminal, prints a dated line every 10 minutes from now on. */
    report() {
      if (isWatched) return;
      reports = setInterval(
        () => dated(`${progress || `0 ${what}`}${until === undefined ? "" : `; waiting until ${iso(until)}`}`),
        REPORT_EVERY_MS,
      );
      reports.unref();
    },
    /**
     * @param {number} done
     * @param {number} total
     */
    update(done, total) {
      const now = performance.now();
      first ??= { done, now };
      progress = `${number(done)} of ${number(total)} ${what}`;
      if (!isWatched || now - lastUpdate < EVERY_MS) return;
      lastUpdate = now;
      const rate = now > first.now ? ((done - first.done) * 1000) / (now - first.now) : 0;
      const left = rate > 0 ? `, ${spoken(((total - done) * 1000) / rate)} left` : "";
      this.show(`${progress}${rate > 0 ? `, ${number(rate)}/s` : ""}${left}`);
    },
    /** @param {string} text */
    show(text) {
      if (isWatched) terminal.status(text);
    },
    /**
     * Reports that no request is sent until `time`.
     *
     * @param {number} time
     * @param {string} why
     */
    wait(time, why) {
      this.show(`waiting for the server until ${clock(new Date(time))} (${why})`);
      if (isWatched || time - Date.now() <= LONG_WAIT_MS) return;
      if (until === undefined) dated(`waiting for the server until ${iso(time)}${progress && `; ${progress}`}`);
      until = time;
    },
    /**
     * Reports the waits of a client.
     *
     * @param {import("../../pkg/index.js").OpenProspectEvent} event
     */
    follow(event) {
      if (event.type === "throttled" || event.type === "outage") this.wait(event.until.getTime(), reason);
      else if (event.type === "retry") this.wait(Date.now() + event.waitMs, reason);
      else if (event.type === "resumed") this.resume();
      else if (event.type === "attempt") {
        reason = reasonOf(event);
        this.resume();
      }
    },
    /** Reports that the client sends requests again. */
    resume() {
      if (until !== undefined) dated(`sending resumed${progress && `; ${progress}`}`);
      until = undefined;
    },
    /** Clears the status line and returns the elapsed time in milliseconds. */
    end() {
      clearInterval(reports);
      terminal.clearStatus();
      return performance.now() - began;
    },
  };
}
