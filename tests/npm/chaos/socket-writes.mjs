// What the fault server writes to a socket: headers and bodies, and the actions after them.

import { deflateRawSync, constants } from "node:zlib";

/** Allows pages of other origins to read the response; without it every fault would be an error of CORS. */
const ACCESS = "access-control-allow-origin: *";
export const JSON_BODY = '{"items":[],"total":0}';

/** @param {string[]} headers */
export const head = (headers = [], status = "HTTP/1.1 200 OK") =>
  `${[status, "content-type: application/json", ACCESS, ...headers].join("\r\n")}\r\n\r\n`;
export const length = (text) => `content-length: ${Buffer.byteLength(text)}`;
/**
 * @param {string} text
 * @param {string[]} headers
 */
export const response = (text, headers = []) => head([length(text), ...headers]) + text;
export const bytes = (...parts) =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part)));

/**
 * An action on a connection: `raw` is the TCP socket below TLS, or the same socket without TLS.
 *
 * @typedef {(socket: any, raw: any) => void} Action
 */

/** @type {Action} */
export const reset = (socket, raw) => raw.resetAndDestroy();
export const end = (socket) => socket.end();
export const stay = () => {};
/** Resets after a delay, so that the client can read the response before. */
export const resetLater = (socket, raw) => setTimeout(reset, 300, socket, raw);

/** Writes one character per second until the connection closes. */
export function drip(text) {
  return (socket) => {
    let at = 0;
    const timer = setInterval(() => {
      if (at >= text.length) clearInterval(timer);
      else socket.write(text[at++]);
    }, 1000);
    socket.once("close", () => clearInterval(timer));
  };
}

/** Repeats a chunk up to `total` bytes, as fast as the client reads, and then writes `last`. */
export function flood(chunk, total = Infinity, last = "") {
  const block = Buffer.from(chunk);
  return (socket) => {
    let left = total;
    const more = () => {
      while (!socket.destroyed && left > 0) {
        const part = left < block.length ? block.subarray(0, left) : block;
        left -= part.length;
        if (!socket.write(part)) return;
      }
      if (left > 0 || socket.destroyed) return;
      socket.off("drain", more);
      socket.end(last);
    };
    socket.on("drain", more);
    more();
  };
}

/** The header of a gzip file. */
const GZIP = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
const MIB = 1024 * 1024;

/** Compressed spaces, a thousandth of their size: one block repeated, since a full flush makes blocks independent. */
export function bomb(mebibytes) {
  const block = deflateRawSync(Buffer.alloc(MIB, " "), { finishFlush: constants.Z_FULL_FLUSH });
  return bytes(GZIP, ...Array(mebibytes).fill(block), deflateRawSync(Buffer.alloc(0)));
}
