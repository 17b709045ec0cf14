// The processes of the benchmark: a server and a measured client, each of them bounded in time and ended by its own id.

import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const SERVER = fileURLToPath(new URL("server/main.mjs", import.meta.url));
const MEASURE = fileURLToPath(new URL("measure.mjs", import.meta.url));
const ANSWER_MS = 10_000;
const KEPT = ["PATH", "HOME", "TMPDIR", "TEMP", "SystemRoot", "OPENPROSPECT_PKG"];

/** Proxies, keys and options of the developer must not decide a measurement. */
const environment = Object.fromEntries(
  KEPT.filter((name) => process.env[name]).map((name) => [name, process.env[name]]),
);

function start(script, argument, flags = []) {
  const stdio = ["ignore", "ignore", "pipe", "ipc"];
  const child = fork(script, [JSON.stringify(argument)], { execArgv: flags, env: environment, stdio });
  const complaint = { text: "" };
  child.stderr.setEncoding("utf8").on("data", (text) => {
    complaint.text = (complaint.text + text).slice(-2000);
  });
  return { child, complaint };
}

/** Its next message, or an Error when it ends first or takes too long. */
async function message({ child, complaint }, limitMs) {
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(), limitMs);
  try {
    const ended = once(child, "close", { signal: over.signal }).then(([code]) => {
      // What it said tells of this machine's paths: not in the first line, which is what the table shows.
      throw new Error(`it ended with ${code}\n${complaint.text.trim()}`);
    });
    const [said] = await Promise.race([once(child, "message", { signal: over.signal }), ended]);
    return said;
  } catch (error) {
    if (error.name === "AbortError") throw new Error(`no answer within ${limitMs / 1000} s`);
    throw error;
  } finally {
    clearTimeout(timer);
    over.abort();
  }
}

function end({ child }) {
  if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
}

/** A server that behaves so: its address, what it counted so far, and its end. */
export async function startServer(behaviour) {
  const server = start(SERVER, behaviour);
  try {
    const { port } = await message(server, ANSWER_MS);
    return {
      url: `http://127.0.0.1:${port}`,
      async counts() {
        const answer = message(server, ANSWER_MS);
        server.child.send("counts");
        return (await answer).counts;
      },
      stop: () => end(server),
    };
  } catch (error) {
    end(server);
    throw error;
  }
}

/** What a client's process found. It has its limit and a while to start and to tell. */
export async function measure(job, flags, limitMs) {
  const client = start(MEASURE, job, flags);
  try {
    return await message(client, limitMs + ANSWER_MS);
  } finally {
    end(client);
  }
}
