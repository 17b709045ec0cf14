// The way back from the letters in bytes.js to the module.

/** The two last letters of the alphabet begin a pair; the others stand for one byte each. */
const SINGLES = 88;
const LETTERS = 90;

/** The bytes of a text whose letters are ranks in `order`, the bytes from the most frequent one on, in hexadecimal. */
export function decode(order, text) {
  const codes = new TextEncoder().encode(text);
  const bytes = new Uint8Array(codes.length);
  const ranks = new Uint8Array(127);
  for (let code = 32, rank = 0; code < 127; code += 1) {
    if (!'"\\$`<'.includes(String.fromCharCode(code))) ranks[code] = rank++;
  }
  const ranked = Uint8Array.from(order.match(/../g), (digits) => Number.parseInt(digits, 16));
  let length = 0;
  // A loop over bytes: a callback a byte is thirty times slower.
  for (let at = 0; at < codes.length; at += 1) {
    let rank = ranks[codes[at]];
    if (rank >= SINGLES) {
      at += 1;
      rank = SINGLES + (rank - SINGLES) * LETTERS + ranks[codes[at]];
    }
    bytes[length] = ranked[rank];
    length += 1;
  }
  return bytes.subarray(0, length);
}
