// The runtimes are installed in this folder only for its tests; type checks run without them.

declare module "edge-runtime";
declare module "miniflare";
