// Where a call was made. The client creates an error long after the method has returned, when the caller is no longer
// on the stack.

/**
 * Number of the client's own lines at the top of a stack, for engines that cannot omit them: this file's, the client's,
 * the method's.
 */
const OWN_LINES = 3;

/**
 * The context of a call: the caller's stack, the current request, and a function with which the call re-enters the
 * module.
 */
export class CallSite {
  method = undefined;
  path = undefined;
  #stack;

  constructor(method, enter) {
    this.enter = enter;
    // Engines format a stack when it is read, which is rare.
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

/** Runs a function with this call site as the current one. */
export function at(callSite, run) {
  const before = current;
  current = callSite;
  try {
    return run();
  } finally {
    current = before;
  }
}

/** The call site of the call that is being made. */
export const currentCallSite = () => current;
