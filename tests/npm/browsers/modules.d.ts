// For the type checker: what the pages import is in the project that `serveSite` makes.

declare module "openprospect" {
  const library: typeof import("../../../pkg/index.js");
  export = library;
}
declare module "openprospect/slim" {
  const library: typeof import("../../../pkg/slim.js");
  export = library;
}
declare module "*/node_modules/openprospect/index.js" {
  const library: typeof import("../../../pkg/index.js");
  export = library;
}
declare module "*/suite/run.mjs" {
  export function runSuite(library: object, address: string): Promise<unknown>;
}
