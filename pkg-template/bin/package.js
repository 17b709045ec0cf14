// The entry of the package with its published types: those of the source files lack the generated methods.

import * as entry from "../index.js";

/** @typedef {import("../../pkg/index.js").OpenProspect} Client */
/** @typedef {import("../../pkg/index.js").CallOptions} CallOptions */

export const { OpenProspect, isOpenProspectError } = /** @type {typeof import("../../pkg/index.js")} */ (
  /** @type {unknown} */ (entry)
);
