// Collects the errors and warnings of a page, for the test to report.

globalThis.problems = [];
/** @param {string} text */
const report = (text) => globalThis.problems.push(text);

addEventListener(
  "error",
  ({ message, filename, lineno, target }) => {
    const source = target instanceof HTMLScriptElement ? target.src : target;
    report(message ? `error: ${message} (${filename}:${lineno})` : `error: ${source} failed to load`);
  },
  true,
);
addEventListener("unhandledrejection", ({ reason }) => report(`unhandled: ${reason}`));
addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
  // The suite causes one violation on purpose, and browsers request an icon by themselves.
  if (blockedURI !== "eval" && !blockedURI.endsWith("/favicon.ico"))
    report(`blocked by the policy: ${effectiveDirective} ${blockedURI}`);
});
for (const name of ["warn", "error"]) {
  const write = console[name];
  console[name] = (...values) => {
    report(`console.${name}: ${values.join(" ")}`);
    write.apply(console, values);
  };
}
