const REDACTED = "[redacted]";
/** A shorter key is not a real one, and would be found by chance in the data. */
const SHORTEST = 8;
const NOTHING = "(?!)";
/** The longest spelling of a character: `\u006c`. */
const LONGEST_SPELLING = 6;
/** The beginning of an escape. */
const CUT = /^(?:%[\da-f]?|\\(?:u(?:0(?:0[\da-f]?)?)?)?)$/i;

/** Replaces a key in headers and in bodies, also where it is percent-encoded or escaped as in JSON, in whole or in part. */
export function redactor(key) {
  const spellings = key.length < SHORTEST ? [NOTHING] : Array.from(key, spelling);
  const pattern = new RegExp(spellings.join(""), "g");
  const characters = spellings.map((source) => new RegExp(source, "y"));
  const redact = (text) => text.replace(pattern, REDACTED);

  /** Whether more text could make it the key. */
  function mayBecomeKey(text) {
    let at = 0;
    for (const character of characters) {
      if (at === text.length) return true;
      character.lastIndex = at;
      if (!character.test(text)) return CUT.test(text.slice(at));
      at = character.lastIndex;
    }
    return false;
  }
  /** How much of the end must wait for the next chunk. */
  function heldBack(text) {
    for (let at = Math.max(0, text.length - LONGEST_SPELLING * key.length); at < text.length; at += 1) {
      if (mayBecomeKey(text.slice(at))) return text.length - at;
    }
    return 0;
  }
  return { redact, stream: (body, exchange) => mapText(body, exchange, redact, heldBack) };
}

function spelling(character) {
  const hex = character.charCodeAt(0).toString(16).padStart(2, "0");
  const anyCase = hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
  return `(?:${/["\\/]/.test(character) ? "\\\\?" : ""}\\x${hex}|%${anyCase}|\\\\u00${anyCase})`;
}

/** A body of UTF-8 text with `replace` applied. `heldBack` says how many characters at the end depend on what follows. */
function mapText(body, exchange, replace, heldBack) {
  const reader = body.getReader();
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const encoder = new TextEncoder();
  let rest = "";
  async function pull(controller) {
    for (let isWaiting = true; isWaiting; ) {
      const { done, value } = await exchange.until(reader.read());
      const text = replace(rest + (done ? decoder.decode() : decoder.decode(value, { stream: true })));
      const length = done ? text.length : text.length - heldBack(text);
      rest = text.slice(length);
      if (length > 0) controller.enqueue(encoder.encode(text.slice(0, length)));
      if (done) {
        exchange.end();
        controller.close();
      }
      isWaiting = !done && length === 0;
    }
  }
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
