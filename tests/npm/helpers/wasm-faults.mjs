// Faults of the WebAssembly module: a trap at any import call, and memory that cannot grow.

/** Traps, as a panic of the module does. */
const trap = (() => {
  // (module (func (export "trap") unreachable))
  const bytes = [
    0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 8, 1, 4, 116, 114, 97, 112, 0, 0, 10, 5, 1, 3, 0, 0,
    11,
  ];
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(bytes)));
  return /** @type {() => never} */ (exports.trap);
})();

/**
 * Counts the import calls of all instances created from now on, and traps within the `at`th one. Must be called before
 * the program creates its first client.
 */
export function watchCrossings() {
  const crossings = { count: 0, at: Infinity, instances: 0 };
  const { Instance } = WebAssembly;
  /** @param {Function} imported */
  const watched =
    (imported) =>
    /** @param {unknown[]} args */
    (...args) => {
      crossings.count += 1;
      if (crossings.count === crossings.at) trap();
      return imported(...args);
    };
  /** @type {any} */ (WebAssembly).Instance = function watching(
    /** @type {WebAssembly.Module} */ module,
    /** @type {WebAssembly.Imports} */ imports = {},
  ) {
    if (Object.keys(imports).length > 0) crossings.instances += 1;
    /** @type {WebAssembly.Imports} */
    const own = {};
    for (const [from, members] of Object.entries(imports)) {
      own[from] = {};
      for (const [name, member] of Object.entries(members))
        own[from][name] = typeof member === "function" ? watched(member) : member;
    }
    return new Instance(module, own);
  };
  WebAssembly.Instance.prototype = Instance.prototype;
  return crossings;
}

/**
 * The bytes of a module whose memory may grow by at most `more` pages.
 *
 * @param {Uint8Array} bytes
 * @param {number} more
 */
export function withPages(bytes, more) {
  const sections = [];
  let at = 8;
  while (at < bytes.length) {
    const id = bytes[at];
    const [size, begin] = readLeb(bytes, at + 1);
    const end = begin + size;
    sections.push(id === 5 ? section(5, limited(bytes, begin, more)) : bytes.subarray(at, end));
    at = end;
  }
  return Buffer.concat([bytes.subarray(0, 8), ...sections]);
}

/**
 * The memory section, with a maximum: the number of memories, the flags, the initial pages, the maximal pages.
 *
 * @param {Uint8Array} bytes
 * @param {number} begin
 * @param {number} more
 */
function limited(bytes, begin, more) {
  if (bytes[begin] !== 1 || bytes[begin + 1] !== 0)
    throw new Error("the module must have one memory without a maximum");
  const [initial] = readLeb(bytes, begin + 2);
  return Buffer.from([1, 1, ...leb(initial), ...leb(initial + more)]);
}

/**
 * @param {number} id
 * @param {Buffer} content
 */
const section = (id, content) => Buffer.concat([Buffer.from([id, ...leb(content.length)]), content]);

/**
 * Reads an unsigned LEB128 number.
 *
 * @param {Uint8Array} bytes
 * @param {number} at
 * @returns {[value: number, end: number]}
 */
function readLeb(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7, at += 1) {
    value += (bytes[at] & 127) * 2 ** shift;
    if (bytes[at] < 128) return [value, at + 1];
  }
}

/**
 * Encodes an unsigned number as LEB128.
 *
 * @param {number} value
 */
function leb(value) {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return [...bytes, value];
}
