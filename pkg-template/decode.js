// Decodes the text in bytes.js to the module.

import { platformClass } from "./environment.js";

/** Where the text begins in the memory of the decoder; its tables are before it. */
const TEXT = 65536;

/** Returns the bytes that `decoder` (decode.wat in the sources) assembles from the parts of the text. */
export function decode(decoder, parts) {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(decoder)));
  const { memory, decode } = instance.exports;
  const bytes = new Uint8Array(memory.buffer);
  const starts = new Uint32Array(memory.buffer);
  const encoder = new (platformClass("TextEncoder"))();
  let at = TEXT;
  parts.forEach((part, index) => {
    starts[index] = at;
    // A zero ends each part.
    at += encoder.encodeInto(part, bytes.subarray(at)).written + 1;
  });
  return bytes.subarray(at, decode(at));
}
