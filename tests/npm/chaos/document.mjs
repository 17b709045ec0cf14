// The table of the faults, tests/CHAOS.md, made of what the tests expect: node tests/npm/chaos/document.mjs

import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { DIFFERENCES, otherwise } from "./differences.mjs";
import { ROWS } from "./rows.mjs";

export const FILE = fileURLToPath(new URL("../../CHAOS.md", import.meta.url));
export const PLACES = ["Node", "Deno", "Bun", "workerd", "edge", "Chromium", "Firefox", "WebKit"];

const INTRODUCTION = `# Faults of connections, TLS and proxies

What comes of a call when what is below it fails, in each place where the package runs: the outcome that is right, and where a
platform does otherwise beneath the client. It is made of what the tests expect (\`node tests/npm/chaos/document.mjs\`); the
tests play each row in each place with real sockets, and fail if anything else comes of it:

\`\`\`sh
cargo xtask test --only chaos
\`\`\`

A fault server, a process of its own, writes to the socket what the names say; the certificates are made by openssl for each run; nginx is
Debian's, before the mock of \`openprospect/testing\`.

Each fault is met by a GET and by a POST without a key, with a timeout of 1.5 s (30 s for what floods) and no retry. Each call ends in
a result or in an error of the right class within its time, and 1.5 s for a busy machine; the error has its fields, tells of a
POST whether it may have been applied, and has the key in no text. The server counts: the POST came once. The same client then
gets a good answer.

- What begins with *once* goes well the second time: a GET, and a POST with a key, come twice and succeed; a POST without one comes once.
- What begins with *again and again* is met by a GET with a hundred retries, which ends at its deadline of 1 s; as many requests came
  as the error tells of, or one fewer if the last was stopped on its way.
- Of nginx's own pages, a POST without a key is not sent again after a 502, 503 or 504.
- The last three are crowds: every call succeeds in the end, nothing is lost, and no POST without a key comes twice.

A cell has \`result\`, or the error's \`kind\`, with the status if there was one; and what the POST came to where that differs. A number
leads to the reason below; the right outcome is taken there too, since a platform may be mended, or chance have a part in it.
`;

/** The text of the file. */
export function documentOf() {
  const lines = ROWS.map(({ name, expected }) => [name, ...PLACES.map((place) => cell(name, expected, place))]);
  const table = [["", ...PLACES], ["", ...PLACES].map(() => "---"), ...lines]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
  const reasons = DIFFERENCES.map(
    ([fault, places, , why], index) => `${index + 1}. ${fault}: ${listed(places)} ${why}.`,
  ).join("\n");
  return `${INTRODUCTION}\n${table}\n\n## Where a platform does otherwise\n\n${reasons}\n`;
}

function cell(name, expected, place) {
  const others = otherwise(name, place);
  return others.map(({ outcome, number }) => `${outcome} (${number})`).join(" or ") || expected;
}

const listed = (names) => (names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names[0]);

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(FILE, documentOf());
