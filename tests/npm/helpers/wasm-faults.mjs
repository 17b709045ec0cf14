// Ways to break the module from outside: at a crossing of its border, where it runs out of memory.

/** Traps, as a panic of the module does. */
const trap = (() => {
  // (module (func (export "trap") unreachable))
  const bytes = [
    0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 8, 1, 4, 116, 114, 97, 112, 0, 0, 10, 5, 1, 3, 0, 0,
    11,
  ];
  return new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(bytes))).exports.trap;
})();

/**
 * Counts how often instances that are made from now on call out, and traps at the `at`th time, in the midst of what called.
 * It has to come before the first client of the program.
 */
export function watchCrossings() {
  const crossings = { count: 0, at: Infinity, instances: 0 };
  const { Instance } = WebAssembly;
  const watched =
    (called) =>
    (...args) => {
      crossings.count += 1;
      if (crossings.count === crossings.at) trap();
      return called(...args);
    };
  WebAssembly.Instance = function watching(module, imports = {}) {
    if (Object.keys(imports).length > 0) crossings.instances += 1;
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

/** The bytes of a module whose memory never has more pages than it begins with, and so many. */
export function withPages(bytes, more) {
  const sections = [];
  let at = 8;
  while (at < bytes.length) {
    const id = bytes[at];
    const [size, begin] = number(bytes, at + 1);
    const end = begin + size;
    sections.push(id === 5 ? section(5, limited(bytes, begin, more)) : bytes.subarray(at, end));
    at = end;
  }
  return Buffer.concat([bytes.subarray(0, 8), ...sections]);
}

/** One memory: how many there are, whether it has a limit, what it begins with. */
function limited(bytes, begin, more) {
  if (bytes[begin] !== 1 || bytes[begin + 1] !== 0) throw new Error("it has not one memory without a limit");
  const [least] = number(bytes, begin + 2);
  return Buffer.from([1, 1, ...leb(least), ...leb(least + more)]);
}

const section = (id, content) => Buffer.concat([Buffer.from([id, ...leb(content.length)]), content]);

function number(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7, at += 1) {
    value += (bytes[at] & 127) * 2 ** shift;
    if (bytes[at] < 128) return [value, at + 1];
  }
}

function leb(value) {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return [...bytes, value];
}
