// The processes of the benchmark: a server and a measured client. Each has a time limit.

import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const SERVER = fileURLToPath(new URL("server/main.mjs", import.meta.url));
const MEASURE = fileURLToPath(new URL("measure.mjs", import.meta.url));
const REPLY_TIMEOUT_MS = 10_000;
const PASSED_VARIABLES = ["PATH", "HOME", "TMPDIR", "TEMP", "SystemRoot", "OPENPROSPECT_PKG"];

/** Without proxies, keys and options of the user, which would change the result. */
const environment = Object.fromEntries(
  PASSED_VARIABLES.filter((name) => process.env[name]).map((name) => [name, process.env[name]]),
);

function start(script, argument, flags = []) {
  /** @type {import("node:child_process").StdioOptions} */
  const stdio = ["ignore", "ignore", "pipe", "ipc"];
  const child = fork(script, [JSON.stringify(argument)], { execArgv: flags, env: environment, stdio });
  const stderr = { text: "" };
  child.stderr?.setEncoding("utf8").on("data", (text) => {
    stderr.text = (stderr.text + text).slice(-2000);
  });
  return { child, stderr };
}

/** The next message of the process, or an Error if it exits first or times out. */
async function message({ child, stderr }, limitMs) {
  const controller = new AbortController();
  const { signal } = controller;
  const timer = setTimeout(() => controller.abort(), limitMs);
  try {
    const exited = once(child, "close", { signal }).then(([code]) => {
      // stderr may contain paths of this machine: not in the first line, which the table shows.
      throw new Error(`the process exited with ${code}\n${stderr.text.trim()}`);
    });
    const [reply] = await Promise.race([once(child, "message", { signal }), exited]);
    return reply;
  } catch (error) {
    if (error.name === "AbortError") throw new Error(`timed out after ${limitMs / 1000} s`);
    throw error;
  } finally {
    clearTimeout(timer);
    controller.abort();
  }
}

function end({ child }) {
  if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
}

/** Starts a server with this behavior. */
export async function startServer(behavior) {
  const server = start(SERVER, behavior);
  try {
    const { port } = await message(server, REPLY_TIMEOUT_MS);
    return {
      url: `http://127.0.0.1:${port}`,
      async counts() {
        const reply = message(server, REPLY_TIMEOUT_MS);
        server.child.send("counts");
        return (await reply).counts;
      },
      stop: () => end(server),
    };
  } catch (error) {
    end(server);
    throw error;
  }
}

/** The result of a client's process. Beside its limit it has time to start and to reply. */
export async function measure(job, flags, limitMs) {
  const client = start(MEASURE, job, flags);
  try {
    return await message(client, limitMs + REPLY_TIMEOUT_MS);
  } finally {
    end(client);
  }
}
