import assert from "node:assert/strict";
import { test } from "node:test";
import { chromium } from "../browsers/puppet.mjs";
import { panels } from "./panels.mjs";

const FRAMES_A_SECOND = 50;
const COUNT = `(async () => {
  const times = [];
  let isOn = true;
  const tick = (time) => {
    times.push(time);
    if (isOn) requestAnimationFrame(tick);
  };
  document.querySelector("#lab-run").click();
  requestAnimationFrame(tick);
  while (!document.querySelector("#lab-status").textContent.includes("succeeded")) await new Promise((resolve) => { setTimeout(resolve, 50); });
  isOn = false;
  return times;
})()`;

panels("Chromium", chromium, (open) => {
  test("Chromium: the lab with 300 calls stays above 50 frames a second", async (t) => {
    const { read, resize, text, until } = await open(t, "lab?calls=300&limit=100&retries=6");
    await resize(1600, 1000);
    const times = await read(COUNT);
    const frames = times.slice(1).map((time, index) => time - times[index]).sort((a, b) => a - b);
    const at = (part) => frames[Math.floor((frames.length - 1) * part)];
    const rate = frames.length / ((times.at(-1) - times[0]) / 1000);
    const words = `${rate.toFixed(1)} a second; median ${at(0.5).toFixed(1)} ms, slowest 5 % from ${at(0.95).toFixed(1)} ms, slowest ${at(1).toFixed(1)} ms`;
    t.diagnostic(words);
    assert.ok(frames.length > 100, words);
    assert.ok(rate > FRAMES_A_SECOND && 1000 / at(0.5) > FRAMES_A_SECOND, words);
    await until('document.querySelector("#lab-pause").textContent === "Replay"');
    assert.equal(await text("#client-succeeded"), "300");
  });
});
