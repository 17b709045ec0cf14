// How far a long command is: one line on stderr that changes where somebody looks, else a dated line now and then.

import * as terminal from "./terminal.js";
import { clock, spoken } from "./time.js";

const EVERY_MS = 100;
/** Without a terminal: waits from this length on are reported, and how far it is so often. */
const LONG_WAIT_MS = 30_000;
const REPORT_EVERY_MS = 600_000;

export function createProgress(what) {
  const isWatched = terminal.stderrIsTerminal();
  const began = performance.now();
  let [first, told] = [undefined, -Infinity];
  let far = "";
  let until;
  let reports;
  const number = (value) => Math.round(value).toLocaleString("en");
  const dated = (text) => terminal.note(`${new Date().toISOString()} ${text}`);
  const iso = (time) => (Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : "an unknown time");

  return {
    /** From now on, where there is no terminal, a dated line every 10 minutes. */
    report() {
      if (isWatched) return;
      reports = setInterval(() => dated(`${far || `0 ${what}`}${until === undefined ? "" : `; waiting until ${iso(until)}`}`), REPORT_EVERY_MS);
      reports.unref();
    },
    tell(done, total) {
      const now = performance.now();
      first ??= { done, now };
      far = `${number(done)} of ${number(total)} ${what}`;
      if (!isWatched || now - told < EVERY_MS) return;
      told = now;
      const rate = now > first.now ? ((done - first.done) * 1000) / (now - first.now) : 0;
      const left = rate > 0 ? `, ${spoken(((total - done) * 1000) / rate)} left` : "";
      this.say(`${far}${rate > 0 ? `, ${number(rate)}/s` : ""}${left}`);
    },
    say(text) {
      if (isWatched) terminal.status(text);
    },
    /** The server takes no requests until then. */
    wait(time) {
      this.say(`waiting for the server until ${clock(new Date(time))}`);
      if (isWatched || time - Date.now() <= LONG_WAIT_MS) return;
      if (until === undefined) dated(`waiting for the server until ${iso(time)}${far && `; ${far}`}`);
      until = time;
    },
    /** A request is sent again. */
    resume() {
      if (until !== undefined) dated(`the wait is over${far && `; ${far}`}`);
      until = undefined;
    },
    /** The line makes room for others. */
    end() {
      clearInterval(reports);
      terminal.clearStatus();
      return performance.now() - began;
    },
  };
}
