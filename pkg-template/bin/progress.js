// One line on stderr that says how far a long command is, where somebody looks.

import { spoken } from "./time.js";
import { fitted } from "./text.js";

const EVERY_MS = 100;

export function createProgress(what, { stderr } = process) {
  const isWatched = stderr.isTTY === true;
  const began = performance.now();
  let [first, told, isShown] = [undefined, -Infinity, false];
  const number = (value) => Math.round(value).toLocaleString("en");

  return {
    tell(done, total) {
      const now = performance.now();
      first ??= { done, now };
      if (!isWatched || now - told < EVERY_MS) return;
      told = now;
      const rate = now > first.now ? ((done - first.done) * 1000) / (now - first.now) : 0;
      const left = rate > 0 ? `, ${spoken(((total - done) * 1000) / rate)} left` : "";
      this.say(`${number(done)} of ${number(total)} ${what}${rate > 0 ? `, ${number(rate)}/s` : ""}${left}`);
    },
    say(text) {
      if (!isWatched) return;
      isShown = true;
      stderr.write(`\r${fitted(text, (stderr.columns ?? 80) - 1)}`);
    },
    /** The line makes room for others. */
    end() {
      if (isShown) stderr.write(`\r${" ".repeat((stderr.columns ?? 80) - 1)}\r`);
      return performance.now() - began;
    },
  };
}
