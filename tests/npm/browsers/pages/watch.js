// What goes wrong beside the scripts of a page, for the test to tell.

globalThis.said = [];
const say = (text) => globalThis.said.push(text);

addEventListener(
  "error",
  ({ message, filename, lineno, target }) =>
    say(message ? `error: ${message} (${filename}:${lineno})` : `error: ${target.src} is not loaded`),
  true,
);
addEventListener("unhandledrejection", ({ reason }) => say(`unhandled: ${reason}`));
addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
  // One is provoked, and browsers ask for an icon of their own accord.
  if (blockedURI !== "eval" && !blockedURI.endsWith("/favicon.ico"))
    say(`the policy refused: ${effectiveDirective} ${blockedURI}`);
});
for (const name of ["warn", "error"]) {
  const write = console[name];
  console[name] = (...words) => {
    say(`console.${name}: ${words.join(" ")}`);
    write.apply(console, words);
  };
}
