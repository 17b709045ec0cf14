// The bundlers and the linters of packages are installed in this folder only for its tests; type checks run without
// them.

declare module "@rollup/plugin-node-resolve";
declare module "publint";
declare module "publint/utils";
declare module "rollup";
declare module "vite";
declare module "webpack";
