// The text of a file, which is read twice: nothing is sent before the whole file is known to be valid.

import { randomBytes } from "node:crypto";
import { open, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Problem, Usage } from "./failure.js";
import { CREATE, openRegular } from "./files.js";

const CHUNK_BYTES = 64 * 1024;
/** @type {[encoding: string, bytes: number[]][]} Byte order marks. */
const MARKS = [
  ["utf-8", [0xef, 0xbb, 0xbf]],
  ["utf-16le", [0xff, 0xfe]],
  ["utf-16be", [0xfe, 0xff]],
];
/** The characters of windows-1252 at 0x80 to 0x9f: some versions of Node decode them as Latin-1 (nodejs/node#56542). */
const WINDOWS_1252 =
  "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f" + // 0x80 to 0x8f
  "\u0090‘’“”•–—˜™š›œ\u009džŸ"; // 0x90 to 0x9f

/**
 * The standard name of an encoding.
 *
 * @param {string | undefined} name
 */
export const checkEncoding = (name) => {
  try {
    return name === undefined ? undefined : new TextDecoder(name).encoding;
  } catch {
    throw new Usage(`--encoding: unknown encoding ${JSON.stringify(name)}.`, "such as utf-8, utf-16le, windows-1252");
  }
};

/** @typedef {import("node:fs/promises").FileHandle} FileHandle */

/**
 * Opens a file, or `-` for stdin. A source that cannot be read twice is copied to a temporary file.
 *
 * @param {string} path
 * @param {string | undefined} wanted the encoding
 * @param {AbortSignal} signal
 */
export async function openSource(path, wanted, signal) {
  const handle = path === "-" ? await spooled(process.stdin, signal) : await open(path);
  try {
    if (path !== "-" && !(await handle.stat()).isFile())
      return sourceOf(await spooled(handle.createReadStream(), signal), wanted, signal);
    return sourceOf(handle, wanted, signal);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * @param {FileHandle} handle
 * @param {string | undefined} wanted
 * @param {AbortSignal} signal
 */
const sourceOf = (handle, wanted, signal) => ({
  text: () => decoded(handle, wanted, signal),
  /**
   * Whether a path refers to this file, under any name.
   *
   * @param {string} path
   */
  async isAt(path) {
    const [own, other] = await Promise.all([handle.stat(), stat(path).catch(() => undefined)]);
    return other !== undefined && own.ino === other.ino && own.dev === other.dev;
  },
  close: () => handle.close(),
});

/**
 * Copies a stream to a temporary file without a name.
 *
 * @param {import("node:stream").Readable} stream
 * @param {AbortSignal} signal
 */
async function spooled(stream, signal) {
  const stop = () => stream.destroy();
  signal.addEventListener("abort", stop, { once: true });
  const path = join(tmpdir(), `openprospect-${randomBytes(8).toString("hex")}.tmp`);
  const handle = await openRegular(path, CREATE);
  try {
    for await (const chunk of stream) await handle.writeFile(chunk);
    signal.throwIfAborted();
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
    await rm(path, { force: true });
  }
}

/**
 * @param {FileHandle} handle
 * @param {AbortSignal} signal
 */
async function* bytesOf(handle, signal) {
  const buffer = Buffer.alloc(CHUNK_BYTES);
  for (let at = 0; ; ) {
    signal.throwIfAborted();
    const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/**
 * Decodes the file. Invalid bytes are an error; they are never replaced.
 *
 * @param {FileHandle} handle
 * @param {string | undefined} wanted
 * @param {AbortSignal} signal
 */
async function* decoded(handle, wanted, signal) {
  const start = Buffer.alloc(3);
  await handle.read(start, 0, 3, 0);
  const [marked] = MARKS.find(([, mark]) => mark.every((byte, at) => start[at] === byte)) ?? [];
  if (marked && wanted && marked !== wanted)
    throw new Problem(`The file's byte order mark is that of ${marked}, not of ${wanted}.`, {
      exit: 5,
      hint: "omit --encoding",
    });
  const encoding = wanted ?? marked ?? "utf-8";
  // The second decoder stays one chunk behind, so that it can find the line of an invalid byte.
  const [ahead, behind] = [0, 1].map(() => new TextDecoder(encoding, { fatal: true }));
  let [line, isBehindCr] = [1, false];
  /** @param {string} text */
  const count = (text) => {
    line += (text.match(/\r\n|\r|\n/g)?.length ?? 0) - (isBehindCr && text.startsWith("\n") ? 1 : 0);
    if (text !== "") isBehindCr = text.endsWith("\r");
  };
  /**
   * @param {TextDecoder} decoder
   * @param {Uint8Array} [bytes]
   */
  const read = (decoder, bytes) => {
    const text = bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
    return decoder.encoding === "windows-1252"
      ? text.replace(/[\x80-\x9f]/g, (letter) => WINDOWS_1252[letter.charCodeAt(0) - 0x80])
      : text;
  };
  const invalid = () =>
    new Problem(`Line ${line} is not valid ${encoding}.`, {
      exit: 5,
      hint: "pass the file's encoding, such as --encoding windows-1252 or utf-16le",
    });
  for await (const bytes of bytesOf(handle, signal)) {
    let text;
    try {
      text = read(ahead, bytes);
    } catch {
      try {
        for (const byte of bytes) count(read(behind, Uint8Array.of(byte)));
      } catch {
        // `line` is now the line of the invalid byte.
      }
      throw invalid();
    }
    read(behind, bytes);
    const nul = text.indexOf("\0");
    count(nul === -1 ? text : text.slice(0, nul));
    if (nul !== -1)
      throw new Problem(`Line ${line} has a NUL character.`, {
        exit: 5,
        hint: "UTF-16 needs --encoding utf-16le or utf-16be",
      });
    yield text;
  }
  try {
    yield read(ahead);
  } catch {
    throw invalid();
  }
}
