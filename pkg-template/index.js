// The entry for every environment that can compile wasm from bytes: it loads, and names what there is.
// Nothing happens on import; the first `new OpenProspect()` instantiates the module.

import { initSync, OpenProspect as Core } from "./openprospect.js";
import { order, text } from "./bytes.js";
import { refuseCalls } from "./freed.js";
import { decode, load } from "./load.js";
import { defineMethods } from "./methods.js";
import { defineNamespaces } from "./namespaces.js";

const ready = load(() => initSync({ module: decode(order, text) }), () => defineNamespaces(OpenProspect));

export class OpenProspect extends Core {
  #isFreed = false;

  constructor(options) {
    ready();
    try {
      super(options);
    } catch (error) {
      Error.captureStackTrace?.(error, OpenProspect);
      throw error;
    }
  }

  free() {
    if (this.#isFreed) return;
    this.#isFreed = true;
    refuseCalls(this);
    super.free();
  }

  static {
    defineMethods(this);
    // Printed by consoles, and changed by minifiers.
    Object.defineProperty(this, "name", { value: "OpenProspect", configurable: true });
    // The one of the core frees without refusing calls.
    if (Symbol.dispose) this.prototype[Symbol.dispose] = this.prototype.free;
  }
}

export {
  ApiError,
  AuthenticationError,
  AuthorizationError,
  BadRequestError,
  ConfigurationError,
  ConflictError,
  ConnectionError,
  DecodeError,
  isOpenProspectError,
  NotFoundError,
  OpenProspectError,
  RateLimitError,
  ServerError,
  TerminalStatusError,
  TimeoutError,
  ValidationError,
} from "./errors.js";
