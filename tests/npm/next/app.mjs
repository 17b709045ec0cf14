// An app of Next.js: its packages, its build, and the server of what was built.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, link, mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeProject, run } from "../suite/project.mjs";

const CLI = "node_modules/next/dist/bin/next";
const ENV = { NEXT_TELEMETRY_DISABLED: "1" };
const BUILD_MS = 180_000;
const PATIENCE_MS = 30_000;

/** Where Next.js 14 is, and where the newest is. */
export const MODULES = {
  14: fileURLToPath(new URL("node_modules/", import.meta.url)),
  16: fileURLToPath(new URL("../bundlers/node_modules/", import.meta.url)),
};

/** A project with such files, and with the Next.js that is in a folder of packages. */
export async function makeApp(files, modules) {
  const project = await makeProject(files);
  await bring(modules, ["next", "react", "react-dom"], join(project.folder, "node_modules"));
  return project;
}

/** Builds it; all that was printed is in the error when that fails. */
export async function build(folder, flags = [], variables = {}) {
  try {
    return (
      await run(process.execPath, [CLI, "build", ...flags], {
        cwd: folder,
        env: { ...process.env, ...ENV, ...variables },
        timeout: BUILD_MS,
      })
    ).stdout;
  } catch ({ message, stdout, stderr }) {
    throw new Error(`${message.split("\n")[0]}\n${stdout}\n${stderr}`);
  }
}

/** The built app, listening. */
export async function start(folder, variables) {
  const child = spawn(process.execPath, [CLI, "start", "--hostname", "127.0.0.1", "--port", "0"], {
    cwd: folder,
    env: { ...process.env, ...ENV, ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "exit");
  const stop = async () => {
    child.kill("SIGKILL");
    await ended;
  };
  let text = "";
  const url = await new Promise((resolve, reject) => {
    const look = (chunk) => {
      text += chunk;
      const [found] = /http:\/\/127\.0\.0\.1:[1-9]\d*/.exec(text) ?? [];
      if (found && /Ready/.test(text)) resolve(found);
    };
    child.stdout.setEncoding("utf8").on("data", look);
    child.stderr.setEncoding("utf8").on("data", look);
    ended.then(() => reject(new Error(`next start has ended\n${text}`)));
    setTimeout(() => reject(new Error(`next start is not ready\n${text}`)), PATIENCE_MS).unref();
  }).catch(async (error) => {
    await stop();
    throw error;
  });
  return { url, stop, said: () => text };
}

/** Brings packages and what they depend on into a project, since Turbopack follows no link out of it. */
async function bring(modules, names, target, seen = new Set()) {
  for (const name of names.filter((name) => !seen.has(name))) {
    seen.add(name);
    const manifest = await readFile(join(modules, name, "package.json"), "utf8").catch(() => undefined);
    // An optional one that this machine does without.
    if (!manifest) continue;
    await copy(join(modules, name), join(target, name));
    const { dependencies, optionalDependencies } = JSON.parse(manifest);
    await bring(modules, Object.keys({ ...dependencies, ...optionalDependencies }), target, seen);
  }
}

/** A tree of the same files, which takes no space where the file system can do that. */
async function copy(from, to) {
  await mkdir(to, { recursive: true });
  const entries = await readdir(from, { withFileTypes: true });
  for (const entry of entries) {
    const [source, goal] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copy(source, goal);
    else await link(source, goal).catch(() => copyFile(source, goal));
  }
}
