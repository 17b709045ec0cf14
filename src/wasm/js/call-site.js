// Where a call was made. An error is created long after its call has returned, when the caller is no longer on the stack.

/** Lines of our own at the top of a stack in an engine that cannot leave them out: this file's, the client's, the method's. */
const OWN_LINES = 3;

/** What is remembered of a call: the caller's stack, the request that the call is at, and how the call enters the module again. */
export class CallSite {
  method = undefined;
  path = undefined;
  #stack;

  constructor(method, enter) {
    this.enter = enter;
    // Engines format a stack when it is read, which is seldom.
    const error = {};
    if (Error.captureStackTrace) Error.captureStackTrace(error, method);
    this.#stack = Error.captureStackTrace ? () => error.stack : withoutOwnLines(new Error());
  }

  get stack() {
    return this.#stack();
  }
}

const withoutOwnLines = (error) => () => error.stack.split("\n").slice(OWN_LINES).join("\n");

let current;

/** Runs a function whose calls are made at that place. */
export function at(callSite, run) {
  const before = current;
  current = callSite;
  try {
    return run();
  } finally {
    current = before;
  }
}

/** The place of the call that is being made. */
export const currentCallSite = () => current;
