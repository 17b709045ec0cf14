// What is written to a socket: heads, bodies, and what then happens.

import { deflateRawSync, constants } from "node:zlib";

/** A page of another origin may read the answer; without it each fault would be one of CORS. */
const ACCESS = "access-control-allow-origin: *";
export const JSON_BODY = '{"items":[],"total":0}';

export const head = (headers = [], status = "HTTP/1.1 200 OK") =>
  `${[status, "content-type: application/json", ACCESS, ...headers].join("\r\n")}\r\n\r\n`;
export const length = (text) => `content-length: ${Buffer.byteLength(text)}`;
export const answer = (text, headers = []) => head([length(text), ...headers]) + text;
export const bytes = (...parts) =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part)));

/** What becomes of a connection: `raw` is the socket itself, below TLS where there is any. */
export const reset = (socket, raw) => raw.resetAndDestroy();
export const end = (socket) => socket.end();
export const stay = () => {};
/** The other side may be in the middle of reading. */
export const resetLater = (socket, raw) => setTimeout(reset, 300, socket, raw);

/** Writes a character a second, as long as somebody listens. */
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

/** Writes so many bytes of a chunk that is repeated, as they are read, and then the end. */
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

/** The head of a gzip file. */
const GZIP = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
const MIB = 1024 * 1024;

/** Spaces under gzip, a thousandth of their size: the same block over and over, since each stands for itself. */
export function bomb(mebibytes) {
  const block = deflateRawSync(Buffer.alloc(MIB, " "), { finishFlush: constants.Z_FULL_FLUSH });
  return bytes(GZIP, ...Array(mebibytes).fill(block), deflateRawSync(Buffer.alloc(0)));
}
