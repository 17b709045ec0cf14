// A single file for browsers, with the module inlined, and its size.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { PACKAGE } from "../helpers/setup.mjs";

/** 61.5 kB, with room for the compilers of different systems, whose modules differ by a few hundred bytes. */
const MAX_BYTES = 61_500;

/** @param {import("esbuild").Format} format */
async function bundle(format) {
  const { outputFiles, warnings } = await build({
    entryPoints: [fileURLToPath(new URL("index.js", PACKAGE))],
    bundle: true,
    minify: true,
    format,
    platform: "browser",
    target: "es2022",
    legalComments: "none",
    write: false,
    logLevel: "silent",
  });
  assert.deepEqual(warnings, []);
  assert.equal(outputFiles.length, 1);
  return outputFiles[0];
}

test(`minified for a browser, it has at most ${MAX_BYTES} bytes under brotli`, async (t) => {
  const { contents } = await bundle("esm");
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_LGWIN]: 22,
    [constants.BROTLI_PARAM_SIZE_HINT]: contents.length,
  };
  const brotli = brotliCompressSync(contents, { params }).length;
  const gzip = gzipSync(contents, { level: 9 }).length;
  t.diagnostic(`bundle: ${contents.length} bytes, ${gzip} under gzip, ${brotli} under brotli (at most ${MAX_BYTES})`);
  assert.ok(brotli <= MAX_BYTES, `${brotli} bytes`);
});

test("minified, its classes keep their names", async () => {
  const { text } = await bundle("esm");
  const { OpenProspect, NotFoundError } = await import(`data:text/javascript,${encodeURIComponent(text)}`);
  assert.deepEqual(
    [OpenProspect.name, NotFoundError.name, new NotFoundError("m").name],
    ["OpenProspect", "NotFoundError", "NotFoundError"],
  );
  assert.throws(() => new OpenProspect({ nope: 1 }), { name: "ConfigurationError", option: "nope" });
});
