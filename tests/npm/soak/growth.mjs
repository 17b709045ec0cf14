// Whether anything grows. Samples are taken when no call is under way, after garbage is collected.

/** What is held for the sake of a call is gone with it: of this there is not one more than before the first call. */
const EXACT = ["timers", "listeners", "handles", "listeners_in_page", "nodes"];
/** Fewer samples tell nothing. */
const FEWEST = 8;
/** What an engine and its platform make by themselves meanwhile, with whatever calls: a few objects, and compiled code. */
const OWN = { objects: 100, heap: 256 * 1024 };
/** With fewer calls not even an object that stays of each would be told for sure. */
const CALLS = 2 * OWN.objects;
/** Of a hundred slopes that are judged of what does not grow, one is thought to. */
const SURE = 2.33;
/** The slope of a leak, in what stays of each call: an object at every fiftieth. */
const OBJECTS_PER_CALL = 0.02;
const PAGE = 65536;

export const isQuiet = (held, atStart) => EXACT.every((name) => !(held[name] > atStart[name]));

/** What grew, and the figures of it. `atStart` is what was held before the first call. */
export function judge({ atStart, samples }) {
  const late = samples.slice(-Math.max(FEWEST, Math.ceil(samples.length / 2)));
  const problems = [...left(atStart, samples), ...wasm(late)];
  if (late.length < FEWEST) return { problems: [...problems, `${samples.length} samples are too few`], figures: {} };
  const [objects, heap] = [floors(late, "objects"), floors(late, "heap")];
  if (objects.calls < CALLS) problems.push(`${objects.calls} calls are too few`);
  for (const [name, { from, to, calls }] of Object.entries({ objects, heap })) {
    if (to - from > OWN[name]) problems.push(`${name} at least: ${from}, and ${to} after another ${calls} calls`);
  }
  const slopes = { objects: slope(late, "objects"), heap: slope(late, "heap") };
  const { least, most } = slopes.objects;
  if (least > OBJECTS_PER_CALL) problems.push(`${least} to ${most} objects stay of each call`);
  const grown = {
    objects_grown: objects.to - objects.from,
    heap_bytes_grown: heap.to - heap.from,
    in_calls: objects.calls,
  };
  return {
    problems,
    figures: {
      ...marks(samples),
      ...grown,
      ...per("heap_bytes", slopes.heap),
      ...per("objects", slopes.objects),
      ...levels(atStart, samples),
    },
  };
}

function* left(atStart, samples) {
  for (const name of EXACT) {
    const more = samples.find((sample) => sample[name] > atStart[name]);
    if (more)
      yield `${more[name]} ${name} when nothing was under way, after ${more.calls} calls; ${atStart[name]} at the start`;
  }
  const other = samples.find(({ modules }) => modules !== atStart.modules);
  if (other) yield `${other.modules} instances of modules, after ${other.calls} calls`;
}

/**
 * How much the memory of a module may grow after the first rounds, in bytes. It never shrinks, and holds what was needed at once: an error
 * body may have 1 MiB, and how many of them arrive at once depends on how busy the machine is.
 */
const WASM_GROWTH = 1024 * 1024;

function* wasm(late) {
  const more = late.find((sample) => sample.wasm - late[0].wasm > WASM_GROWTH);
  if (more)
    yield `the wasm memory grew from ${late[0].wasm} to ${more.wasm} bytes between call ${late[0].calls} and ${more.calls}`;
}

/**
 * The least of a value in either half of the samples. What comes and goes makes it now and then larger; what stays makes it larger
 * for good, by as many calls as the second half begins later.
 */
function floors(samples, name) {
  const middle = Math.floor(samples.length / 2);
  const least = (some) => Math.min(...some.map((sample) => sample[name]));
  return {
    from: least(samples.slice(0, middle)),
    to: least(samples.slice(middle)),
    calls: samples[middle].calls - samples[0].calls,
  };
}

/**
 * Of a value by the calls made so far: the middle one of the slopes between all pairs of samples, which no single sample moves, and
 * between which bounds it is (Sen's).
 */
export function slope(samples, name) {
  const slopes = samples.flatMap((one, index) =>
    samples.slice(index + 1).map((other) => (other[name] - one[name]) / (other.calls - one.calls)),
  );
  slopes.sort((a, b) => a - b);
  const count = samples.length;
  const spread = SURE * Math.sqrt((count * (count - 1) * (2 * count + 5)) / 18);
  const at = (rank) => Number(slopes[Math.min(Math.max(Math.round(rank), 0), slopes.length - 1)].toFixed(3));
  const middle = (slopes.length - 1) / 2;
  return { least: at(middle - spread / 2), middle: at(middle), most: at(middle + spread / 2) };
}

const per = (what, { least, middle, most }) => ({
  [`${what}_per_call`]: middle,
  [`${what}_per_call_least`]: least,
  [`${what}_per_call_most`]: most,
});

/** At the start and after each quarter. */
function marks(samples) {
  const of = (name) => [0, 0.25, 0.5, 0.75, 1].map((part) => samples[Math.round(part * (samples.length - 1))][name]);
  return { heap_at_quarters: of("heap"), objects_at_quarters: of("objects") };
}

function levels(atStart, samples) {
  const figures = {
    samples: samples.length,
    wasm_pages_before: atStart.wasm / PAGE,
    wasm_pages_first: samples[0].wasm / PAGE,
    wasm_pages_last: samples.at(-1).wasm / PAGE,
  };
  for (const name of EXACT.filter((name) => name in atStart))
    figures[`${name}_left`] = samples.at(-1)[name] - atStart[name];
  return figures;
}
