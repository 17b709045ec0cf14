// Creates the client's errors. A file of its own: the bundle has every export of a file that the module imports.

import { CLASSES, define, hide, OpenProspectError } from "./errors.js";

/** @import { CallSite } from "./call-site.js" */

/** A message is one line in a log, without control characters, line separators and direction marks. */
const BREAKS = /[\p{Cc}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/gu;
/** Longer messages are cut. */
const MAX_MESSAGE_LENGTH = 2600;

/** Creates the error of a record, with the stack of the caller. All messages of the client's errors are created here.
 * @param {{ kind: string, message: string }} record @param {unknown} cause @param {CallSite} [callSite] */
export function createError(record, cause, callSite) {
  const Class = CLASSES[record.kind] ?? OpenProspectError;
  const text = record.message.slice(0, MAX_MESSAGE_LENGTH).replace(BREAKS, " ");
  const message = text.length < record.message.length ? `${text}…` : text;
  const create = () => new Class(message, record, cause === undefined ? undefined : { cause });
  return callSite === undefined ? create() : withStackOf(callSite, withoutStack(create));
}

/** Prevents capturing a stack, which is expensive through wasm, and would be replaced. @param {() => Error} create */
function withoutStack(create) {
  const limit = Error.stackTraceLimit;
  // Unlike an assignment, this does not throw if a script that hardens the page has frozen the limit.
  const isSet = typeof limit === "number" && Reflect.set(Error, "stackTraceLimit", 0);
  try {
    return create();
  } finally {
    if (isSet) Error.stackTraceLimit = limit;
  }
}

/** Sets the stack to where the call began; formatted on first read, which costs more than creating the error.
 * @param {CallSite} callSite @param {Error} error */
function withStackOf(callSite, error) {
  const head = `${error.name}: ${error.message}`;
  const setStack = (/** @type {unknown} */ stack) => hide(error, "stack", stack);
  const get = () => {
    const frames = String(callSite.stack() ?? "").replace(/^Error(?:: )?\n/, "");
    return setStack(frames === "" ? head : `${head}\n${frames}`);
  };
  define(error, "stack", { get, set: setStack });
  return error;
}
