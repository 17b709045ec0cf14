// Generates the table of the faults, tests/CHAOS.md, from the expectations of the tests:
// node tests/npm/chaos/document.mjs

import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { DIFFERENCES, deviations } from "./differences.mjs";
import { ROWS } from "./rows.mjs";

export const FILE = fileURLToPath(new URL("../../CHAOS.md", import.meta.url));
export const ENVIRONMENTS = ["Node", "Deno", "Bun", "workerd", "edge", "Chromium", "Firefox", "WebKit"];

const INTRODUCTION = `# Faults of connections, TLS and proxies

The outcome of a call when the network below it fails, in each environment of the package: the expected outcome, and
where a platform deviates below the client. \`node tests/npm/chaos/document.mjs\` generates this file from the
expectations of the tests, which run each row in each environment with real sockets:

\`\`\`sh
cargo xtask test --only chaos
\`\`\`

A fault server in a separate process writes the bytes of the named fault to the socket; openssl makes the
certificates for each run; nginx is Debian's, in front of the mock of \`openprospect/testing\`.

Each fault is applied to a GET and to a POST without an idempotency key, with a timeout of 1.5 s (30 s for large
bodies) and no retry. Each call must end with a result or with an error of the expected class within its timeout
plus 1.5 s for a busy machine. The error must have its fields, and the right \`mayHaveBeenApplied\` for a POST; no
text of it may contain the API key. The server must have received the POST once. The next call of the same client
must succeed.

- *once*: only the first request fails. A GET, and a POST with an idempotency key, are sent twice and succeed; a
  POST without a key is sent once.
- *repeated*: every request of a GET with 100 retries fails until its deadline of 1 s. The server received as many
  requests as the error reports, or one fewer if the deadline stopped the last one.
- *nginx: 502, 503, 504*: a POST without a key is not retried after these error pages.
- The last three rows are many simultaneous calls: every call succeeds, none is lost, and no POST without a key is
  applied twice.

A cell has \`result\`, or the error's \`kind\` with the status if there was a response, and the outcome of the POST
if it differs. A number refers to the reason below; the expected outcome is also accepted there, since a platform
may be fixed, or the outcome may depend on timing.
`;

/** The content of the file. */
export function documentOf() {
  const lines = ROWS.map(({ name, expected }) => [name, ...ENVIRONMENTS.map((one) => cell(name, expected, one))]);
  const table = [["", ...ENVIRONMENTS], ["", ...ENVIRONMENTS].map(() => "---"), ...lines]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
  const reasons = DIFFERENCES.map(
    ([fault, environments, , reason], index) => `${index + 1}. ${fault}: ${listed(environments)} ${reason}.`,
  ).join("\n");
  return `${INTRODUCTION}\n${table}\n\n## Deviations of platforms\n\n${reasons}\n`;
}

function cell(name, expected, environment) {
  const known = deviations(name, environment);
  return known.map(({ outcome, number }) => `${outcome} (${number})`).join(" or ") || expected;
}

const listed = (names) => (names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names[0]);

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(FILE, documentOf());
