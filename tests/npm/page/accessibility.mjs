// axe-core on each panel, in both themes, on a narrow and a wide screen; and no element exceeds the window's width.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WIDTHS = [360, 1600];
const THEMES = ["light", "dark"];
const LAB = "lab?calls=10&limit=5&window=0.5&seed=1";

/** The elements that exceed the window's width, if the page can be scrolled horizontally. */
const TOO_WIDE = `document.documentElement.scrollWidth <= innerWidth ? [] : [
  innerWidth,
  ...[...document.querySelectorAll("main *")]
    .filter((element) => element.getBoundingClientRect().right > innerWidth)
    .map((element) => element.outerHTML.slice(0, 80)),
]`;
const VIOLATIONS = `axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
  violations.map(({ id, nodes }) => {
    const places = nodes.map(({ target, any }) => target + " " + (any[0]?.message ?? ""));
    return id + ": " + places.slice(0, 5).join("; ");
  }))`;

/** What fills each panel. */
const FILL = {
  async explorer({ use, until }) {
    await use("#call button.main");
    await until('document.querySelector(".pager")');
  },
  async lab({ use, until, read }) {
    await use("#lab-run");
    await until('document.querySelector("#lab-status").textContent.includes("succeeded")');
    await read('(document.querySelector("#as-table").open = document.querySelector("#settings-fold").open = true)');
  },
  async errors({ until, read }) {
    await until('!document.querySelector("#error-tables").hasAttribute("aria-busy")');
    await read('document.querySelector("#error-tables button").click()');
    await until('document.querySelector("tr.result:not([hidden])")');
  },
};

/**
 * @param {string} name of the browser
 * @param {import("./visit.mjs").Open} open
 */
export function accessibility(name, open) {
  for (const [panel, fill] of Object.entries(FILL)) {
    test(`${name}: ${panel} has no accessibility violations, in both themes, narrow and wide`, async (t) => {
      const page = await open(t, panel === "lab" ? LAB : panel);
      const { read, choose, resize } = page;
      await fill(page);
      await read(`(() => { ${AXE}\n; return true; })()`);
      for (const width of WIDTHS) {
        await resize(width, 900);
        assert.deepEqual(await read(TOO_WIDE), [], `${width} px: wider than the window`);
        for (const theme of THEMES) {
          await choose("#theme", theme);
          assert.deepEqual(await read(VIOLATIONS), [], `${width} px, ${theme}`);
        }
      }
    });
  }
}
