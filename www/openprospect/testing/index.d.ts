// For the type checker, as `../index.d.ts` is.
export * from "../../../pkg/testing/index.js";
