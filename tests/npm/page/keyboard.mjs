// The page with the keyboard only: no script moves the focus.

import assert from "node:assert/strict";
import { test } from "node:test";

const MAX_STOPS = 60;

/**
 * @param {string} name of the browser
 * @param {import("./visit.mjs").Open} open
 */
export function keyboard(name, open) {
  test(`${name}: the page can be used with the keyboard only`, async (t) => {
    const { press, read, until, text } = await open(t, "explorer");
    /** @param {string} selector */
    const isFocused = (selector) => read(`document.activeElement?.matches(${JSON.stringify(selector)}) ?? false`);
    /** @param {string} selector */
    async function reach(selector) {
      for (let stops = 0; stops < MAX_STOPS; stops += 1) {
        if (await isFocused(selector)) return;
        await press("Tab");
      }
      assert.fail(`the focus does not reach ${selector}`);
    }
    await press("Tab");
    assert.ok(await isFocused(".skip"), "the first stop is the link to the content");

    await reach('input[name="operation"]');
    assert.equal(await read("document.activeElement.value"), "orders.list");
    await press("ArrowDown");
    await until('document.querySelector("#title").textContent.includes("orders.get")');
    await press("ArrowUp");
    await until('document.querySelector("#title").textContent.includes("orders.list")');

    await reach("#call button.main");
    await press("Enter");
    await until('document.querySelector(".pager")');
    await reach(".with-action summary");
    await press("Enter");
    await until('document.querySelector(".with-action details").open');
    await reach("#sample-head button");

    await press("Tab", "Shift");
    assert.ok(!(await isFocused("#sample-head button")), "Shift+Tab leaves the button");
    // Back to the top of the page.
    await read("(document.activeElement.blur(), scrollTo(0, 0), true)");
    for (let stops = 0; stops < MAX_STOPS * 2 && !(await isFocused('nav a[href="#lab"]')); stops += 1)
      await press("Tab", "Shift");
    await press("Enter");
    await until('!document.querySelector("#panel-lab").hidden');
    assert.equal(await text("nav a[aria-current]"), "Retry lab");
    await reach("#lab-run");
    const outline = await read("getComputedStyle(document.activeElement).outlineStyle");
    assert.notEqual(outline, "none", "the focus is visible");
  });
}
