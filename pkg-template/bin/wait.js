// `orders wait` and `profiles wait`: print each state while they poll.

import { createClient, MOCK_POLL_MS, readOptions } from "./client.js";
import { namespaceOf } from "./operation.js";
import { fitted, widthOf } from "./text.js";
import { clock, milliseconds, spoken } from "./time.js";

const STATUS_COLUMNS = 12;
const MAX_STATUS_COLUMNS = 200;

/** @type {import("./args.js").Spec[]} */
export const WAIT_OPTIONS = [
  {
    name: "poll",
    kind: "string",
    value: "TIME",
    doc: "first poll interval (default 5s), which grows to one minute",
  },
];

/**
 * @param {import("./table.js").OperationCommand} command
 * @param {import("./table.js").Call} call
 */
export async function runWait({ row }, { values, args, output, signal }) {
  const { json, style, line, note } = output;
  // For programs the resource is the result, and the states are progress messages.
  const print = json ? note : line;
  /** @type {{ status: string, at: number } | undefined} */
  let before;
  /** @type {(void | Promise<void>)[]} */
  const printed = [];
  /** @param {string} status */
  const onStatus = (status) => {
    const now = performance.now();
    const took =
      before === undefined
        ? ""
        : style.dim(`  ${fitted(before.status, MAX_STATUS_COLUMNS, false)} took ${spoken(now - before.at)}`);
    const columns = Math.min(Math.max(STATUS_COLUMNS, widthOf(status)), MAX_STATUS_COLUMNS);
    printed.push(print(`${style.dim(clock())}  ${style.bold(fitted(status, columns))}${took}`.trimEnd()));
    before = { status, at: now };
  };
  const client = await createClient(values, output);
  const { deadlineMs } = readOptions(values, output, {});
  const pollMs = values.poll !== undefined ? milliseconds("poll", values.poll) : values.mock ? MOCK_POLL_MS : undefined;
  const resource = await namespaceOf(client, row).wait(...args, { signal, onStatus, deadlineMs, pollMs });
  await Promise.all(printed);
  return json ? output.value(resource) : undefined;
}
