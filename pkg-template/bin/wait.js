// `orders wait` and `profiles wait`: print each state while they poll.

import { createClient, MOCK_POLL_MS, readOptions } from "./client.js";
import { fitted, widthOf } from "./text.js";
import { clock, milliseconds, spoken } from "./time.js";

const STATUS_COLUMNS = 12;
const MAX_STATUS_COLUMNS = 200;

export const WAIT_OPTIONS = [
  {
    name: "poll",
    kind: "string",
    value: "TIME",
    doc: "between the first looks (default 5s); the waits grow to a minute",
  },
];

export async function runWait({ row }, { values, words, output, signal }) {
  const { json, style, line, note } = output;
  // For programs the resource is the result, and the states are progress messages.
  const tell = json ? note : line;
  let before;
  const told = [];
  const onStatus = (status) => {
    const now = performance.now();
    const took =
      before === undefined
        ? ""
        : style.dim(`  ${fitted(before.status, MAX_STATUS_COLUMNS, false)} took ${spoken(now - before.at)}`);
    told.push(
      tell(
        `${style.dim(clock())}  ${style.bold(fitted(status, Math.min(Math.max(STATUS_COLUMNS, widthOf(status)), MAX_STATUS_COLUMNS)))}${took}`.trimEnd(),
      ),
    );
    before = { status, at: now };
  };
  const client = await createClient(values, output);
  const { deadlineMs } = readOptions(values, output);
  const pollMs = values.poll !== undefined ? milliseconds("poll", values.poll) : values.mock ? MOCK_POLL_MS : undefined;
  const resource = await client[row.namespace].wait(...words, { signal, onStatus, deadlineMs, pollMs });
  await Promise.all(told);
  return json ? output.value(resource) : undefined;
}
