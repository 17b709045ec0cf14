// The retry lab: the settings, a run, and its charts.

import { announce } from "../ui/announce.js";
import { copyButton } from "../ui/copy-button.js";
import { byId } from "../ui/dom.js";
import { onPanel, writeRoute } from "../ui/route.js";
import { onTheme } from "../ui/theme.js";
import { Chart, highestRate } from "./chart.js";
import { startControls } from "./controls.js";
import { showMetrics, summaryOf } from "./metrics.js";
import { Player, STEP_MS } from "./player.js";
import { Recording, SIDES } from "./recording.js";
import { defaults, readLink, toLink } from "./settings.js";
import { showTable } from "./table.js";

/** The time across a chart grows in these steps. */
const SPANS_MS = [3, 5, 8, 12, 16, 20, 30, 45, 60, 90, 125].map((seconds) => seconds * 1000);
const MIN_RATE_SCALE = 10;
/** More frequent changes of the metrics are unreadable, and each one is a layout of the page. */
const METRICS_INTERVAL_MS = 100;
const BUTTONS = ["lab-pause", "lab-back", "lab-step"];

export function startLab() {
  const charts = {
    client: new Chart(byId("client-chart", HTMLCanvasElement), repaint),
    loop: new Chart(byId("loop-chart", HTMLCanvasElement), repaint),
  };
  const controls = startControls((preset, name) => {
    controls.write(preset);
    announce(`Preset: ${name}`);
    run();
  });
  const [runButton, endButton, pauseButton] = ["lab-run", "lab-end", "lab-pause"].map(button);
  const seek = byId("seek", HTMLInputElement);
  const speed = byId("speed", HTMLSelectElement);
  const table = byId("as-table", HTMLDetailsElement);
  let settings = defaults();
  let recording = new Recording(settings.calls);
  /** @type {Worker | undefined} */
  let worker;
  let metricsShownAt = 0;
  const player = new Player(show);

  function run() {
    worker?.terminate();
    settings = controls.read();
    writeRoute(toLink(settings));
    recording = new Recording(settings.calls);
    player.reset();
    show(0);
    const current = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    worker = current;
    // Messages of a previous run may still be in the queue.
    current.addEventListener("message", ({ data }) => current === worker && onMessage(data));
    current.addEventListener("error", () => {
      setStatus("The run could not start. The page's server may have stopped; see the browser's console.");
    });
    current.postMessage(settings);
    setStatus(`Running: ${settings.calls} calls on each side.`);
    announce(`${settings.calls} calls start on each side.`);
  }

  /** @param {import("./events.js").Message} message */
  function onMessage({ started, events, endedAt }) {
    if (started) player.start();
    if (events) recording.add(events);
    if (endedAt !== undefined) finish(endedAt);
    updateControls();
  }

  /** @param {number} end */
  function finish(end) {
    worker?.terminate();
    worker = undefined;
    player.finish(end);
    // The charts may show an earlier time; the summary is that of the end.
    const summary = summaryOf(recording.final(), settings.calls);
    setStatus(summary);
    announce(summary);
  }

  function repaint() {
    show(player.head);
  }

  /** @param {number} head */
  function show(head) {
    const models = recording.at(head);
    const end = player.isLive ? head : Math.max(head, player.end ?? head);
    const span = SPANS_MS.find((candidate) => candidate >= end) ?? Math.max(...SPANS_MS);
    const maxRate = Math.max(MIN_RATE_SCALE, ...SIDES.map((side) => highestRate(models[side], span)));
    for (const side of SIDES) charts[side].paint(models[side], { head, span, maxRate });
    const now = performance.now();
    if (player.isPlaying && now - metricsShownAt < METRICS_INTERVAL_MS) return;
    metricsShownAt = now;
    showMetrics(models);
    byId("head").textContent = `${(head / 1000).toFixed(2)} s`;
    seek.max = String(Math.ceil(player.end ?? Math.max(head, 1)));
    seek.value = String(head);
    if (!player.isPlaying) updateControls();
  }

  function updateControls() {
    const isEmpty = worker === undefined && player.end === undefined;
    runButton.textContent = isEmpty ? "Run" : "Run again";
    endButton.disabled = worker === undefined;
    pauseButton.textContent = player.isPlaying ? "Pause" : player.isAtEnd ? "Replay" : "Resume";
    for (const id of BUTTONS) button(id).disabled = isEmpty;
    seek.disabled = isEmpty;
    if (table.open && !player.isPlaying) showTable(recording.models, settings.calls);
  }

  /** @param {string} text */
  function setStatus(text) {
    byId("lab-status").textContent = text;
  }

  /** @param {number} ms */
  function step(ms) {
    player.pause();
    player.seek(player.head + ms);
    updateControls();
  }

  byId("lab-settings").addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
  endButton.addEventListener("click", () => {
    player.pause();
    finish(player.now);
    player.seek(player.now);
  });
  pauseButton.addEventListener("click", () => {
    if (player.isPlaying) player.pause();
    else player.play();
    updateControls();
  });
  byId("lab-back").addEventListener("click", () => step(-STEP_MS));
  byId("lab-step").addEventListener("click", () => step(STEP_MS));
  seek.addEventListener("input", () => {
    player.pause();
    player.seek(Number(seek.value));
  });
  speed.addEventListener("change", () => {
    player.speed = Number(speed.value);
  });
  table.addEventListener("toggle", updateControls);
  const link = () => `${location.href.split("#")[0]}#${toLink(controls.read())}`;
  byId("lab-link").append(copyButton("Copy a link to these settings", link));

  onTheme(() => {
    for (const side of SIDES) charts[side].readColors();
    repaint();
  });
  for (const side of SIDES) charts[side].readColors();
  /** @type {number | undefined} */
  let width;
  new ResizeObserver(([{ contentRect }]) => {
    if (contentRect.width !== width) repaint();
    ({ width } = contentRect);
  }).observe(byId("charts"));
  onPanel("lab", ({ query }) => {
    if ([...query].length > 0) controls.write(readLink(query));
    repaint();
  });
  controls.write(settings);
  updateControls();
}

/** @param {string} id */
const button = (id) => byId(id, HTMLButtonElement);
