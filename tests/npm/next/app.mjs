// An app of Next.js: its packages, its build, and its server.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, link, mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeProject, run } from "../suite/project.mjs";

const CLI = "node_modules/next/dist/bin/next";
const ENV = { NEXT_TELEMETRY_DISABLED: "1" };
const BUILD_MS = 180_000;
const START_TIMEOUT_MS = 30_000;

/** The folders of packages with Next.js 14 and 16. */
export const MODULES = {
  14: fileURLToPath(new URL("node_modules/", import.meta.url)),
  16: fileURLToPath(new URL("../bundlers/node_modules/", import.meta.url)),
};

/** A project with these files, and with the Next.js of a folder of packages. */
export async function makeApp(files, modules) {
  const project = await makeProject(files);
  await copyPackages(modules, ["next", "react", "react-dom"], join(project.folder, "node_modules"));
  return project;
}

/** Builds an app. The error of a failure has the whole output. */
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

/**
 * Starts the server of a built app.
 *
 * @param {string} folder
 * @param {Record<string, string>} [variables]
 */
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
    const onOutput = (chunk) => {
      text += chunk;
      const [found] = /http:\/\/127\.0\.0\.1:[1-9]\d*/.exec(text) ?? [];
      if (found && /Ready/.test(text)) resolve(found);
    };
    child.stdout.setEncoding("utf8").on("data", onOutput);
    child.stderr.setEncoding("utf8").on("data", onOutput);
    ended.then(() => reject(new Error(`next start exited\n${text}`)));
    setTimeout(() => reject(new Error(`next start is not ready\n${text}`)), START_TIMEOUT_MS).unref();
  }).catch(async (error) => {
    await stop();
    throw error;
  });
  return { url, stop, output: () => text };
}

/** Copies packages and their dependencies into a project, since Turbopack does not follow links out of it. */
async function copyPackages(modules, names, target, copied = new Set()) {
  for (const name of names.filter((name) => !copied.has(name))) {
    copied.add(name);
    const manifest = await readFile(join(modules, name, "package.json"), "utf8").catch(() => undefined);
    // An optional dependency that is not installed on this platform.
    if (!manifest) continue;
    await copy(join(modules, name), join(target, name));
    const { dependencies, optionalDependencies } = JSON.parse(manifest);
    await copyPackages(modules, Object.keys({ ...dependencies, ...optionalDependencies }), target, copied);
  }
}

/** Copies a folder, with hard links where the file system allows them. */
async function copy(from, to) {
  await mkdir(to, { recursive: true });
  const entries = await readdir(from, { withFileTypes: true });
  for (const entry of entries) {
    const [source, goal] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copy(source, goal);
    else await link(source, goal).catch(() => copyFile(source, goal));
  }
}
