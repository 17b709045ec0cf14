// Prints the tables of tests/QUOTA.md: `node tests/npm/quota/run.mjs [NAME…]`. A name is a part of the name of a row or
// of a table.

import { printTable } from "./table.mjs";

await printTable(process.argv.slice(2), (text) => console.log(text));
