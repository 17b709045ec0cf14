// A set of digests outside of the JavaScript heap: a Set of strings takes 10 MB of the heap for 100,000 companies, and
// for a million more than some containers have. This set takes 20 to 40 bytes for each digest.

import { createHash } from "node:crypto";

/** 96 bits: a billion companies have no collision in practice. 16 characters of base64. */
export const DIGEST_BYTES = 12;
const DIGEST_CHARS = 16;
const EMPTY = -1;

/** @param {string} text */
export const digestOf = (text) => createHash("sha256").update(text).digest().subarray(0, DIGEST_BYTES);

/**
 * Whether a text has the format that `toString` returns.
 *
 * @param {string} text
 */
export const isDigests = (text) => text.length % DIGEST_CHARS === 0 && /^[A-Za-z0-9+/]*$/.test(text);

export class DigestSet {
  #digests = Buffer.alloc(DIGEST_BYTES * 64);
  /** Open addressing: for each slot the index of a digest. At most half of them are in use. */
  #slots = new Int32Array(128).fill(EMPTY);
  size = 0;

  /**
   * Creates a set from texts that `toString` returned.
   *
   * @param {string[]} texts
   */
  static of(...texts) {
    const set = new DigestSet();
    for (const text of texts) {
      const bytes = Buffer.from(text, "base64");
      for (let at = 0; at < bytes.length; at += DIGEST_BYTES) set.add(bytes.subarray(at, at + DIGEST_BYTES));
    }
    return set;
  }

  /** @param {Buffer} digest */
  has(digest) {
    return this.#slots[this.#slotOf(digest)] !== EMPTY;
  }

  /** @param {Buffer} digest */
  add(digest) {
    const slot = this.#slotOf(digest);
    if (this.#slots[slot] !== EMPTY) return;
    if ((this.size + 1) * DIGEST_BYTES > this.#digests.length)
      this.#digests = Buffer.concat([this.#digests], this.#digests.length * 2);
    digest.copy(this.#digests, this.size * DIGEST_BYTES);
    this.#slots[slot] = this.size;
    this.size += 1;
    if (this.size * 2 > this.#slots.length) this.#grow();
  }

  /** Base64 of the digests in the order in which they were added. */
  toString() {
    return this.#digests.toString("base64", 0, this.size * DIGEST_BYTES);
  }

  /**
   * The slot of a digest, or the empty slot for it. The digest's own bits are random enough to serve as the hash.
   *
   * @param {Buffer} digest
   */
  #slotOf(digest) {
    const mask = this.#slots.length - 1;
    for (let slot = digest.readUInt32LE(0) & mask; ; slot = (slot + 1) & mask) {
      const index = this.#slots[slot];
      if (index === EMPTY) return slot;
      const at = index * DIGEST_BYTES;
      if (this.#digests.compare(digest, 0, DIGEST_BYTES, at, at + DIGEST_BYTES) === 0) return slot;
    }
  }

  #grow() {
    this.#slots = new Int32Array(this.#slots.length * 2).fill(EMPTY);
    for (let index = 0; index < this.size; index += 1) {
      this.#slots[this.#slotOf(this.#digests.subarray(index * DIGEST_BYTES, (index + 1) * DIGEST_BYTES))] = index;
    }
  }
}
