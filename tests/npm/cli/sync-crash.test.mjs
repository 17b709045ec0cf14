// `deliveries sync` after a crash at any moment, and its memory: each company once, in memory that does not grow.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { serve } from "../helpers/setup.mjs";
import { chance } from "../soak/random.mjs";
import { folder, preload, run, start } from "./command.mjs";
import { deliveries, ids, mockOptions, sync } from "./deliveries.mjs";

const SEED = 20_261_125;

/** Prints the peak memory of the process in kilobytes. */
const PEAK = preload('process.on("exit", () => process.stderr.write(`peak ${process.resourceUsage().maxRSS}\\n`));');
/** A small heap, so that retained memory is visible. */
const SMALL = ["--max-old-space-size=14", "--max-semi-space-size=1"];

describe("100,000 companies", async () => {
  const companies = deliveries(100_000);

  test("killed ten times at random moments, the file is the same as without an interruption", async (t) => {
    const cwd = await folder(t);
    const { mock, url } = await serve(t, mockOptions(companies));
    const whole = await run(sync("--out", "whole.ndjson"), { url, cwd });
    assert.match(whole.stdout, /^100000 new companies in .*; whole\.ndjson has 100000\.\n$/);
    const requests = mock.requests.length;

    const random = chance(SEED);
    let [killed, runs, stdout] = [0, 0, ""];
    for (let isDone = false; !isDone; ) {
      runs += 1;
      const { child, done } = start(sync("--out", "killed.ndjson"), { url, cwd });
      if (killed < 10) {
        // After a number of requests and a few milliseconds: in a request, a write, or a step of the checkpoint.
        const after = mock.requests.length + 1 + Math.floor((random() * requests) / 8);
        const delayMs = random() * 12;
        mock.fail((request) => {
          if (request.n !== after) return undefined;
          setTimeout(() => child.kill("SIGKILL"), delayMs);
          return undefined;
        });
      }
      const { code, signal, stderr, ...result } = await done;
      stdout = result.stdout;
      isDone = signal === null;
      if (signal === "SIGKILL") killed += 1;
      assert.ok(signal === "SIGKILL" || code === 0, stderr);
      assert.ok(runs < 30);
    }
    assert.equal(killed, 10);
    assert.match(stdout, /killed\.ndjson has 100000\.\n$/);
    const [a, b] = await Promise.all(["whole", "killed"].map((name) => readFile(join(cwd, `${name}.ndjson`))));
    assert.ok(a.equals(b), "the files differ");
    assert.deepEqual(
      ids(a.toString()),
      companies.map(({ id }) => id),
    );
    assert.deepEqual((await readdir(cwd)).sort(), [
      "killed.ndjson",
      "killed.ndjson.checkpoint.json",
      "whole.ndjson",
      "whole.ndjson.checkpoint.json",
    ]);
  });

  test("need no more memory than 10,000", async (t) => {
    const cwd = await folder(t);
    /** @type {Record<number, number>} Megabytes by the number of companies. */
    const peaks = {};
    for (const count of [10_000, 100_000]) {
      const { url } = await serve(t, mockOptions(companies.slice(0, count)));
      const { code, stderr } = await run(sync("--out", `${count}.csv`), { url, cwd, flags: [...SMALL, ...PEAK] });
      assert.equal(code, 0, stderr);
      peaks[count] = Number(/peak (\d+)/.exec(stderr)?.[1]) / 1000;
    }
    t.diagnostic(`peak memory: ${JSON.stringify(peaks)} MB`);
    assert.ok(peaks[100_000] < peaks[10_000] + 25, JSON.stringify(peaks));
  });
});

describe("a crash at each step", () => {
  /**
   * Kills the process at its nth operation on the disk; a write is cut in half.
   *
   * @param {number} step
   */
  const crashAt = (step) =>
    preload(`
    import fsp from "node:fs/promises";
    import { syncBuiltinESMExports } from "node:module";
    let left = ${step};
    const die = () => process.kill(process.pid, "SIGKILL");
    const counted = (object, name, half) => {
      const own = object[name];
      object[name] = function (...args) {
        left -= 1;
        if (left > 0) return own.apply(this, args);
        if (!half) die();
        return half(own, this, args).then(die);
      };
    };
    const probe = await fsp.open(process.execPath);
    const handles = Object.getPrototypeOf(probe);
    await probe.close();
    counted(handles, "write", (write, handle, [bytes, from, length, at]) =>
      write.call(handle, bytes, from, length >> 1, at));
    counted(handles, "writeFile", (write, handle, [text]) => write.call(handle, text.slice(0, text.length >> 1)));
    for (const name of ["sync", "datasync", "truncate"]) counted(handles, name);
    for (const name of ["rename", "unlink", "link"]) counted(fsp, name);
    syncBuiltinESMExports();
  `);

  test("leaves a file that the next run completes", async (t) => {
    const cwd = await folder(t);
    const late = { id: "late", delivered_at: "2999-01-01T00:00:00Z" };
    const { url } = await serve(t, mockOptions([...deliveries(150), { ...deliveries(1)[0], ...late }]));
    /** @type {Record<string, string>} */
    const whole = {};
    for (const format of ["ndjson", "csv"]) {
      await run(sync("--out", `whole.${format}`), { url, cwd });
      whole[format] = await readFile(join(cwd, `whole.${format}`), "utf8");
    }
    let steps = 0;
    /** @param {number} step */
    const attempt = async (step) => {
      const format = step % 3 === 0 ? "csv" : "ndjson";
      const out = `${step}.${format}`;
      const first = await run(sync("--out", out), { url, cwd, flags: crashAt(step) });
      if (first.signal === "SIGKILL") steps += 1;
      else assert.equal(first.code, 0, first.stderr);
      const second = await run(sync("--out", out), { url, cwd });
      assert.equal(second.code, 0, `${step}: ${second.stderr}`);
      assert.equal(await readFile(join(cwd, out), "utf8"), whole[format], `step ${step}`);
      return first.signal === "SIGKILL";
    };
    // Several run concurrently, each with its own file.
    for (let step = 1, hasNext = true; hasNext; step += 4)
      hasNext = (await Promise.all([0, 1, 2, 3].map((more) => attempt(step + more)))).every(Boolean);
    t.diagnostic(`${steps} steps`);
    assert.ok(steps > 20, `${steps} steps`);
  });
});
