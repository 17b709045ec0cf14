// The retry lab: the dials, a run, and the picture of it.

import { copyButton } from "../parts/copy.js";
import { byId } from "../parts/dom.js";
import { onPanel, writeRoute } from "../parts/route.js";
import { say } from "../parts/say.js";
import { onTheme } from "../parts/theme.js";
import { startDials } from "./dials.js";
import { inWords, showFigures } from "./figures.js";
import { highest, Picture } from "./picture.js";
import { Player, STEP_MS } from "./player.js";
import { Recording, SIDES } from "./recording.js";
import { readLink, toLink } from "./settings.js";
import { showTable } from "./table.js";

/** The time across the picture grows in steps. */
const SPANS = [3, 5, 8, 12, 16, 20, 30, 45, 60, 90, 125].map((seconds) => seconds * 1000);
const LOWEST_RATE = 10;
/** Figures that change more often cannot be read, and each change lays the page out anew. */
const TOLD_MS = 100;

export function startLab() {
  const repaint = () => show(player.head);
  const pictures = Object.fromEntries(SIDES.map((side) => [side, new Picture(byId(`${side}-picture`), repaint)]));
  const dials = startDials((settings, name) => {
    dials.write(settings);
    say(`The dials stand as in: ${name}`);
    run();
  });
  let settings = readLink(new URLSearchParams());
  let recording = new Recording(settings.calls);
  let worker;
  let told = 0;
  const player = new Player(show);

  function run() {
    worker?.terminate();
    settings = dials.read();
    settings = readLink(new URLSearchParams(Object.entries(settings)));
    writeRoute(toLink(settings));
    recording = new Recording(settings.calls);
    player.reset();
    show(0);
    const own = (worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" }));
    // What an earlier run has sent may still be on its way.
    own.addEventListener("message", ({ data }) => own === worker && heard(data));
    own.addEventListener("error", () => {
      status("The run could not start: perhaps the page's server has stopped; the browser's console says why.");
    });
    own.postMessage(settings);
    status(`Running: ${settings.calls} calls on each side.`);
    say(`${settings.calls} calls begin on each side.`);
  }

  function heard({ began, events, over }) {
    if (began) player.begin();
    if (events) recording.add(events);
    if (over !== undefined) finish(over);
    controls();
  }

  function finish(end) {
    worker?.terminate();
    worker = undefined;
    player.finish(end);
    // What is shown may be an earlier instant; the result is that of the end.
    const words = inWords(recording.final(), settings.calls);
    status(words);
    say(words);
  }

  function show(head) {
    const models = recording.at(head);
    const far = player.isLive ? head : Math.max(head, player.end ?? head);
    const span = SPANS.find((candidate) => candidate >= far) ?? SPANS.at(-1);
    const most = Math.max(LOWEST_RATE, ...SIDES.map((side) => highest(models[side], span)));
    for (const side of SIDES) pictures[side].paint(models[side], { head, span, most });
    const now = performance.now();
    if (player.isPlaying && now - told < TOLD_MS) return;
    told = now;
    tell(models, head);
    if (!player.isPlaying) controls();
  }

  function tell(models, head) {
    showFigures(models);
    byId("head").textContent = `${(head / 1000).toFixed(2)} s`;
    byId("seek").max = String(Math.ceil(player.end ?? Math.max(head, 1)));
    byId("seek").value = String(head);
  }

  function controls() {
    const nothing = worker === undefined && player.end === undefined;
    byId("lab-run").textContent = nothing ? "Run" : "Run again";
    byId("lab-end").disabled = worker === undefined;
    byId("lab-pause").textContent = player.isPlaying ? "Pause" : player.isAtEnd ? "Replay" : "Go on";
    for (const id of ["lab-pause", "lab-back", "lab-step", "seek"]) byId(id).disabled = nothing;
    if (byId("as-table").open && !player.isPlaying) showTable(recording.models, settings.calls);
  }

  function status(text) {
    byId("lab-status").textContent = text;
  }

  function step(ms) {
    player.pause();
    player.seek(player.head + ms);
    controls();
  }

  byId("lab-settings").addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
  byId("lab-end").addEventListener("click", () => {
    player.pause();
    finish(player.now);
    player.seek(player.now);
  });
  byId("lab-pause").addEventListener("click", () => {
    if (player.isPlaying) player.pause();
    else player.play();
    controls();
  });
  byId("lab-back").addEventListener("click", () => step(-STEP_MS));
  byId("lab-step").addEventListener("click", () => step(STEP_MS));
  byId("seek").addEventListener("input", ({ target }) => {
    player.pause();
    player.seek(Number(target.value));
  });
  byId("speed").addEventListener("change", ({ target }) => {
    player.speed = Number(target.value);
  });
  byId("as-table").addEventListener("toggle", controls);
  byId("lab-link").append(
    copyButton("Copy a link to these settings", () => `${location.href.split("#")[0]}#${toLink(dials.read())}`),
  );

  onTheme(() => {
    for (const side of SIDES) pictures[side].recolour();
    repaint();
  });
  for (const side of SIDES) pictures[side].recolour();
  let width;
  new ResizeObserver(([{ contentRect }]) => {
    if (contentRect.width !== width) repaint();
    ({ width } = contentRect);
  }).observe(byId("pictures"));
  onPanel("lab", ({ query }) => {
    if ([...query].length > 0) dials.write(readLink(query));
    repaint();
  });
  dials.write(settings);
  controls();
}
