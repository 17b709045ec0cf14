// Error bodies of 1 MiB, in every shape that is expensive to read.

const MIB = 1024 * 1024;

/** As many units as fit between a head and a tail. */
function filled(head, unit, tail) {
  const units = [];
  for (let left = MIB - head.length - tail.length; ; ) {
    const next = unit(units.length);
    if (next.length + 1 > left) return head + units.join(",") + tail;
    units.push(next);
    left -= next.length + 1;
  }
}

const repeated = (head, unit, tail) =>
  head + unit.repeat(Math.floor((MIB - head.length - tail.length) / unit.length)) + tail;

/** Makes the body of each shape. */
export const SHAPES = {
  members: () => filled('{"code":"C","message":"m",', (n) => `"m${n}":1`, "}"),
  scopes: () => filled('{"code":"C","details":{"user_scopes":["x"],"required_scopes":[', (n) => `"s${n}"`, "]}}"),
  fields: () =>
    filled('{"code":"C","detail":[', (n) => `{"loc":["body","entries",${n},"city"],"msg":"too long"}`, "]}"),
  text: () => repeated('{"code":"C","message":"', "x", '"}'),
  escapes: () => repeated('{"code":"C","message":"', "\\u006c", '"}'),
  backslashes: () => repeated('{"code":"C","message":"', "\\\\", '"}'),
  nested: () => "[".repeat(MIB / 2) + "]".repeat(MIB / 2),
};
