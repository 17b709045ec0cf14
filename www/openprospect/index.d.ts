// For the type checker: `makePage` puts the built package in this folder of the served page.
export * from "../../pkg/index.js";
