// Decodes the text in bytes.js to the module.

import { platformClass } from "./environment.js";

/** Offset of the text in the memory of the decoder; its tables are before it. */
const TEXT_OFFSET = 65536;

/** @typedef {{memory: WebAssembly.Memory, decode: (end: number) => number}} Decoder */

/**
 * Returns the bytes that `decoder` (decode.wat in the sources) assembles from the parts of the text.
 *
 * @param {number[]} decoder
 * @param {string[]} parts
 */
export function decode(decoder, parts) {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(decoder)));
  const { memory, decode } = /** @type {Decoder} */ (/** @type {unknown} */ (instance.exports));
  const bytes = new Uint8Array(memory.buffer);
  const starts = new Uint32Array(memory.buffer);
  const encoder = new (platformClass("TextEncoder"))();
  let at = TEXT_OFFSET;
  parts.forEach((part, index) => {
    starts[index] = at;
    // A zero ends each part.
    at += encoder.encodeInto(part, bytes.subarray(at)).written + 1;
  });
  return bytes.subarray(at, decode(at));
}
