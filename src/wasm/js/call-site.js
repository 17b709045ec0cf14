// Where a call was made. When the client creates an error, the caller is no longer on the stack.

/** The client's own lines in a stack, for engines that cannot omit them: this file's, the client's and the method's. */
const OWN_LINES = 3;

/** The caller's stack, the current request, and a function with which the call enters the module again. */
export class CallSite {
  /** @type {{ method: string, path: string } | undefined} */
  request;
  /** Formats the stack. Engines do so when it is read, which is rare. @type {() => string | undefined} */
  stack;

  /** @param {Function} method @param {(run: (core: any) => any) => any} enter */
  constructor(method, enter) {
    this.enter = enter;
    if (Error.captureStackTrace) {
      /** @type {{ stack?: string }} */
      const error = {};
      Error.captureStackTrace(error, method);
      this.stack = () => error.stack;
    } else {
      const error = new Error();
      this.stack = () => error.stack?.split("\n").slice(OWN_LINES).join("\n");
    }
  }
}

/** @type {CallSite | undefined} */
let current;

/** Runs a function with this call site as the current one. @type {<T>(callSite: CallSite, run: () => T) => T} */
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
