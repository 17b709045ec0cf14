// The tests of each panel, for any browser.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { table } from "../helpers/setup.mjs";
import { accessibility } from "./accessibility.mjs";
import { keyboard } from "./keyboard.mjs";
import { secrets } from "./secrets.mjs";
import { serveFolder, visit } from "./visit.mjs";

/**
 * Declares the tests of a browser.
 *
 * @param {string} name
 * @param {() => Promise<any>} launch
 * @param {(open: import("./visit.mjs").Open) => void} more declares tests of this browser only
 */
export function panels(name, launch, more = (open) => {}) {
  let browser;
  let site;
  before(async () => {
    site = await serveFolder();
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await site?.close();
  });
  /** @type {import("./visit.mjs").Open} */
  const open = (t, route) => visit(t, browser, site.url, route);

  test(`${name}: the explorer lists, shows the next page and an item`, async (t) => {
    const { until, text, use, type, read, quiet } = await open(t, "explorer");
    await type("#form input", "10");
    await use("#call button.main");
    await until('document.querySelector(".pager span")?.textContent === "1 to 10 of 25"');
    assert.match(await text("#sample"), /client\.orders\.list\(\{ limit: 10 \}\)/);
    await use(".pager button:last-child");
    await until('document.querySelector(".pager span")?.textContent === "11 to 20 of 25"');
    assert.match(await text("#sample"), /\{ limit: 10, offset: 10 \}/);
    await use(".with-action > button");
    await until('document.querySelector("#title").textContent.includes("orders.get")');
    await until('document.querySelector(".headline .good")');
    const id = await read('document.querySelector("#form input").value');
    assert.ok((await text("#response")).includes(`"${id}"`));
    assert.ok((await text("#sample")).includes(`client.orders.get("${id}")`));
    assert.match(await text("#response"), /x-request-id/);
    await use("#sample-head button");
    await until('document.querySelector("#sample-head button").textContent === "Copied"');
    quiet();
  });

  test(`${name}: the explorer shows an error, and validates a range unless that is disabled`, async (t) => {
    const { until, text, use, type, choose, read } = await open(t, "explorer/orders.list");
    await type("#form input", "1000");
    await use("#call button.main");
    assert.equal(await read('document.querySelector("#call").checkValidity()'), false);
    assert.equal(await text("#response"), "No request sent yet.");
    await use("#validate", " ");
    await use("#call button.main");
    await until('document.querySelector(".headline")?.textContent.includes("422 ValidationError")');
    await choose("#mock-key", "none");
    await use("#call button.main");
    await until('document.querySelector(".headline")?.textContent.includes("403 AuthorizationError")');
    assert.match(await text(".resolution"), /scope/);
  });

  test(`${name}: the lab runs both sides, replays, and its link restores the settings`, async (t) => {
    const link = "lab?calls=20&limit=10&window=0.5&advice=date&latency=20&seed=7";
    const { until, text, use, read, quiet } = await open(t, link);
    assert.equal(await read("[...document.querySelectorAll('.settings select')][1].value"), "date");
    await use("#lab-run");
    await until('document.querySelector("#lab-status").textContent.includes("20 of 20 succeeded")');
    await until('document.querySelector("#lab-pause").textContent === "Replay"');
    for (const side of ["client", "loop"]) {
      assert.equal(await text(`#${side}-succeeded`), "20");
      assert.ok(Number(await text(`#${side}-requests`)) >= 20);
      assert.ok(await read(`document.querySelector("#${side}-chart").height > 100`));
    }
    await use("#as-table > summary");
    await until('document.querySelectorAll("#calls tr").length === 20');
    assert.match(await text("#calls"), /429 at \d+\.\d\d s, waited .* 200 at/);

    const end = await text("#head");
    await use("#lab-back");
    assert.notEqual(await text("#head"), end);
    await use("#lab-step");
    assert.equal(await text("#head"), end);
    await use("#lab-pause");
    await until('document.querySelector("#lab-pause").textContent === "Pause"');
    await use("#lab-pause");
    await until('document.querySelector("#lab-pause").textContent === "Resume"');
    assert.ok(Number(await text("#client-succeeded")) <= 20);
    assert.equal(await read("location.hash"), `#${link}`);
    quiet();
  });

  test(`${name}: each error can be reproduced, and has the class that its row shows`, async (t) => {
    const { until, read, quiet } = await open(t, "errors");
    await until('!document.querySelector("#error-tables").hasAttribute("aria-busy")');
    await read('document.querySelectorAll("#error-tables button").forEach((button) => button.click())');
    const [buttons, results] = await read(
      '[document.querySelectorAll("#error-tables button").length, document.querySelectorAll("tr.result").length]',
    );
    assert.equal(buttons, results);
    await until(
      'document.querySelectorAll("tr.result:not([hidden])").length === document.querySelectorAll("tr.result").length',
    );
    const rows = await read(`[...document.querySelectorAll("tr.result")].map((result) => {
      const cells = result.previousElementSibling.children;
      const [, expected, meaning, , retried] = [...cells].map(({ textContent }) => textContent);
      const reproduced = result.querySelector("strong").textContent;
      return { name: cells[0].firstChild.textContent, expected, meaning, retried, reproduced };
    })`);
    for (const { name: row, expected, reproduced, meaning } of rows) {
      assert.equal(reproduced, expected, row);
      assert.ok(meaning.length > 5, row);
    }
    const { statuses } = await table("vendor");
    const rowOf = (wanted) => rows.find((row) => row.name === String(wanted));
    for (const { status, class: expected } of statuses) assert.equal(rowOf(status).reproduced, expected);
    const retried = ["404", "429", "503"].map((status) => rowOf(status).retried);
    assert.deepEqual(retried, ["no", "yes, any method", "GET yes, POST no"]);
    quiet();
  });

  keyboard(name, open);
  secrets(name, open);
  accessibility(name, open);
  more(open);
}
