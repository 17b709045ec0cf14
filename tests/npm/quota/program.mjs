// The programs and tables of a Markdown file. Its programs run in virtual time: their files are in memory, and their
// server listens on no port.

/** @import { World } from "./play.mjs" */

/** The platform's own. */
const { fetch } = globalThis;
const KEY = "lnc_test_program";
const API = "https://api.test";

const AsyncFunction = /** @type {FunctionConstructor} */ (Object.getPrototypeOf(async () => {}).constructor);

/**
 * The first program of a section.
 *
 * @param {string} text a Markdown file
 * @param {string} heading
 */
export function programOf(text, heading) {
  const section = text.split(/^##+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? "";
  const [, code] = /```js\n([^]*?)```/.exec(section) ?? [];
  if (code === undefined) throw new Error(`no program below "${heading}"`);
  return code;
}

/**
 * The cells of a table.
 *
 * @param {string} text a Markdown file
 * @param {string} head of the table
 */
export function tableOf(text, head) {
  const [, rows] = text.split(`${head}\n`);
  if (rows === undefined) throw new Error(`no table ${head}`);
  const lines = rows.split("\n\n")[0].split("\n").slice(1);
  return lines.map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** The first number of a cell. @param {string} cell */
export const numberIn = (cell) => Number(/[\d,]+/.exec(cell)?.[0].replaceAll(",", ""));

/**
 * The part of `node:fs/promises` that programs use.
 *
 * @param {Map<string, string>} files
 */
function fileSystem(files) {
  /** @param {string} name */
  const read = (name) => {
    const text = files.get(name);
    if (text === undefined) throw Object.assign(new Error(`ENOENT: ${name}`), { code: "ENOENT" });
    return text;
  };
  return {
    readFile: async (/** @type {string} */ name) => read(name),
    writeFile: async (/** @type {string} */ name, /** @type {string} */ text) => void files.set(name, text),
    async rename(/** @type {string} */ from, /** @type {string} */ to) {
      files.set(to, read(from));
      files.delete(from);
    },
  };
}

/** @typedef {{ status: number, headers: Record<string, string | number>, body: string }} Response */

/** The part of `node:http` that programs use. `get` sends a request to the server that a program created last. */
function httpServer() {
  /** @type {(request: object, response: object) => unknown} */
  let handle = () => {
    throw new Error("no server");
  };
  return {
    /** @param {typeof handle} handler */
    createServer(handler) {
      handle = handler;
      return { listen() {} };
    },
    /**
     * @param {string} url
     * @returns {Promise<Response>}
     */
    get: (url) =>
      new Promise((resolve, reject) => {
        const result = { status: 0, headers: {}, body: "" };
        const response = {
          /** @param {number} status @param {Record<string, string>} [headers] */
          writeHead(status, headers = {}) {
            Object.assign(result, { status, headers });
            return response;
          },
          end(body = "") {
            resolve({ ...result, body });
          },
        };
        Promise.resolve(handle({ method: "GET", url, headers: {} }, response)).catch(reject);
      }),
  };
}

/**
 * The program as a function of the modules that it imports, which returns these variables of it.
 *
 * @param {string} code
 * @param {string[]} names of the globals that it gets
 * @param {string[]} variables
 */
function compile(code, names, variables) {
  const body = code.replace(
    /^import \{([^}]*)\} from ("[^"]+");$/gm,
    (_, bindings, module) => `const {${bindings.replaceAll(" as ", ": ")}} = modules[${module}];`,
  );
  return new AsyncFunction("modules", ...names, `"use strict";\n${body}\nreturn { ${variables.join(", ")} };`);
}

/**
 * The environment of programs: they share its files, as on one machine.
 *
 * @param {World} world
 * @param {any} copy of the package
 * @param {{ after: (cleanUp: () => void) => void }} scope
 */
export function createMachine(world, copy, scope) {
  scope.after(() => {
    globalThis.fetch = fetch;
    delete process.env.OPENPROSPECT_API_KEY;
    delete process.env.OPENPROSPECT_BASE_URL;
  });
  globalThis.fetch = /** @type {any} */ (world.server.fetch);
  Object.assign(process.env, { OPENPROSPECT_API_KEY: KEY, OPENPROSPECT_BASE_URL: API });
  /** @type {Map<string, string>} */
  const files = new Map();
  /** @type {string[]} */
  const output = [];
  const http = httpServer();
  const print = (/** @type {unknown[]} */ ...values) => void output.push(values.map(String).join(" "));
  const globals = {
    console: { log: print, warn: print, error: print },
    process: { exitCode: 0 },
    AbortSignal: { timeout: (/** @type {number} */ ms) => timeoutSignal(world, ms) },
  };
  return {
    files,
    output,
    get: http.get,
    /**
     * Runs a program until its end, and returns these variables of it. It has `more` as further globals.
     *
     * @param {string} code
     * @param {string[]} [variables]
     * @param {Record<string, unknown>} [more]
     * @returns {Promise<any>}
     */
    run(code, variables = [], more = {}) {
      const modules = { openprospect: copy, "node:fs/promises": fileSystem(files), "node:http": http };
      const all = { ...globals, ...more };
      return compile(code, Object.keys(all), variables)(modules, ...Object.values(all));
    },
  };
}

/**
 * The platform's own runs in real time.
 *
 * @param {World} world
 * @param {number} ms
 */
function timeoutSignal(world, ms) {
  const controller = new AbortController();
  world.clock.schedule(ms, () => controller.abort(new DOMException("The operation timed out.", "TimeoutError")));
  return controller.signal;
}
