// The page with the keyboard alone: nothing is focused by a script here.

import assert from "node:assert/strict";
import { test } from "node:test";

const MOST_STOPS = 60;

export function keyboard(name, open) {
  test(`${name}: with the keyboard alone`, async (t) => {
    const { press, read, until, text } = await open(t, "explorer");
    const focused = (selector) => read(`document.activeElement?.matches(${JSON.stringify(selector)}) ?? false`);
    async function reach(selector) {
      for (let stops = 0; stops < MOST_STOPS; stops += 1) {
        if (await focused(selector)) return;
        await press("Tab");
      }
      assert.fail(`no way to ${selector}`);
    }
    await press("Tab");
    assert.ok(await focused(".skip"), "the first stop leads to the content");

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
    assert.ok(!(await focused("#sample-head button")), "there is a way back");
    // To the top again: past the end of the page, or from its beginning.
    await read("(document.activeElement.blur(), scrollTo(0, 0), true)");
    for (let stops = 0; stops < MOST_STOPS * 2 && !(await focused('nav a[href="#lab"]')); stops += 1)
      await press("Tab", "Shift");
    await press("Enter");
    await until('!document.querySelector("#panel-lab").hidden');
    assert.equal(await text("nav a[aria-current]"), "Retry lab");
    await reach("#lab-run");
    const ring = await read("getComputedStyle(document.activeElement).outlineStyle");
    assert.notEqual(ring, "none", "the focus can be seen");
  });
}
