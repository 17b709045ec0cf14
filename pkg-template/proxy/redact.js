const REDACTED = "[redacted]";
/** @import { Exchange, StopReason } from "./exchange.js" */

/** A shorter key is not a real one, and would occur in the data by chance. */
const MIN_KEY_LENGTH = 8;
const MATCHES_NOTHING = "(?!)";
/** The longest spelling of a character: `\u006c`. */
const MAX_SPELLING_LENGTH = 6;
/** The beginning of an escape. */
const INCOMPLETE_ESCAPE = /^(?:%[\da-f]?|\\(?:u(?:0(?:0[\da-f]?)?)?)?)$/i;

/**
 * Replaces a key in headers and in bodies, also where it is percent-encoded or escaped as in JSON, in whole or in part.
 *
 * @param {string} key
 */
export function createRedactor(key) {
  const spellings = key.length < MIN_KEY_LENGTH ? [MATCHES_NOTHING] : Array.from(key, spelling);
  const pattern = new RegExp(spellings.join(""), "g");
  const characters = spellings.map((source) => new RegExp(source, "y"));
  /** @param {string} text */
  const redact = (text) => text.replace(pattern, REDACTED);

  /**
   * Whether the text is the beginning of the key.
   *
   * @param {string} text
   */
  function isKeyPrefix(text) {
    let at = 0;
    for (const character of characters) {
      if (at === text.length) return true;
      character.lastIndex = at;
      if (!character.test(text)) return INCOMPLETE_ESCAPE.test(text.slice(at));
      at = character.lastIndex;
    }
    return false;
  }

  /**
   * The number of characters at the end that must wait for the next chunk.
   *
   * @param {string} text
   */
  function countPending(text) {
    for (let at = Math.max(0, text.length - MAX_SPELLING_LENGTH * key.length); at < text.length; at += 1) {
      if (isKeyPrefix(text.slice(at))) return text.length - at;
    }
    return 0;
  }

  /**
   * @param {ReadableStream<Uint8Array<ArrayBuffer>>} body
   * @param {Exchange} exchange
   */
  const stream = (body, exchange) => mapText(body, exchange, redact, countPending);
  return { redact, stream };
}

/**
 * A pattern for all spellings of a character.
 *
 * @param {string} character
 */
function spelling(character) {
  const hex = character.charCodeAt(0).toString(16).padStart(2, "0");
  const anyCase = hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
  return `(?:${/["\\/]/.test(character) ? "\\\\?" : ""}\\x${hex}|%${anyCase}|\\\\u00${anyCase})`;
}

/**
 * A body of UTF-8 text with `replace` applied.
 *
 * @param {ReadableStream<Uint8Array<ArrayBuffer>>} body
 * @param {Exchange} exchange
 * @param {(text: string) => string} replace
 * @param {(text: string) => number} countPending the number of characters at the end that depend on what follows
 */
function mapText(body, exchange, replace, countPending) {
  const reader = body.getReader();
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const encoder = new TextEncoder();
  let rest = "";
  /** @param {ReadableStreamDefaultController<Uint8Array>} controller */
  async function pull(controller) {
    for (let isWaiting = true; isWaiting; ) {
      const { done, value } = await exchange.until(reader.read());
      const text = replace(rest + (done ? decoder.decode() : decoder.decode(value, { stream: true })));
      const length = done ? text.length : text.length - countPending(text);
      rest = text.slice(length);
      if (length > 0) controller.enqueue(encoder.encode(text.slice(0, length)));
      if (done) {
        exchange.end();
        controller.close();
      }
      isWaiting = !done && length === 0;
    }
  }
  /** @param {StopReason} reason */
  const stop = (reason) => {
    exchange.stop(reason);
    reader.cancel().catch(() => {});
  };
  return new ReadableStream({
    pull: (controller) =>
      pull(controller).catch((error) => {
        stop("failed");
        throw error;
      }),
    cancel: () => stop("disconnected"),
  });
}
