// What was measured, for the document that is made of it.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const { OPENPROSPECT_FIGURES: folder } = process.env;

/** Writes a flat object of figures, if somebody wants them. */
export function writeFigures(part, figures) {
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${part}.json`), `${JSON.stringify(figures, undefined, 2)}\n`);
}
