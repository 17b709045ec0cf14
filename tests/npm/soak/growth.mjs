// Leak detection. Samples are taken after a garbage collection, when no call is in flight.

/** Resources that a call releases when it ends: their number must return to that before the first call. */
const EXACT = ["timers", "listeners", "handles", "listeners_in_page", "nodes"];
/** Fewer samples are inconclusive. */
const MIN_SAMPLES = 8;
/** Growth by the engine and the platform themselves, whatever the calls: a few objects, and compiled code. */
const TOLERANCE = { objects: 100, heap: 256 * 1024 };
/** With fewer calls even a leak of one object per call would be within the tolerance. */
const MIN_CALLS = 2 * TOLERANCE.objects;
/** The 99 % quantile of the normal distribution: one of a hundred slopes without growth is a false positive. */
const QUANTILE = 2.33;
/** The slope of a leak: one object for every fifty calls. */
const OBJECTS_PER_CALL = 0.02;
const PAGE = 65536;

export const isQuiet = (held, atStart) => EXACT.every((name) => !(held[name] > atStart[name]));

/**
 * Finds growth. `atStart` is the state before the first call. The late samples are judged, since an engine warms up in
 * the early ones.
 *
 * @param {{ atStart: any, samples: any[] }} run
 */
export function judge({ atStart, samples }) {
  const late = samples.slice(-Math.max(MIN_SAMPLES, Math.ceil(samples.length / 2)));
  const problems = [...left(atStart, samples), ...wasm(late)];
  if (late.length < MIN_SAMPLES)
    return { problems: [...problems, `${samples.length} samples are too few`], metrics: {} };
  const [objects, heap] = [floors(late, "objects"), floors(late, "heap")];
  if (objects.calls < MIN_CALLS) problems.push(`${objects.calls} calls are too few`);
  for (const [name, { from, to, calls }] of Object.entries({ objects, heap })) {
    if (to - from > TOLERANCE[name])
      problems.push(`minimum of ${name}: ${from}, and ${to} after another ${calls} calls`);
  }
  const slopes = { objects: slope(late, "objects"), heap: slope(late, "heap") };
  const { least, most } = slopes.objects;
  if (least > OBJECTS_PER_CALL) problems.push(`${least} to ${most} objects per call are not released`);
  const grown = {
    objects_grown: objects.to - objects.from,
    heap_bytes_grown: heap.to - heap.from,
    in_calls: objects.calls,
  };
  return {
    problems,
    metrics: {
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
      yield `${more[name]} ${name} with no call in flight, after ${more.calls} calls; ${atStart[name]} at the start`;
  }
  const other = samples.find(({ modules }) => modules !== atStart.modules);
  if (other) yield `${other.modules} instances of modules, after ${other.calls} calls`;
}

/**
 * Allowed growth of a module's memory after the first rounds, in bytes. It never shrinks, and is as large as the peak:
 * an error body may have 1 MiB, and the number of simultaneous ones depends on the load of the machine.
 */
const WASM_GROWTH = 1024 * 1024;

function* wasm(late) {
  const more = late.find((sample) => sample.wasm - late[0].wasm > WASM_GROWTH);
  if (more)
    yield `the wasm memory grew from ${late[0].wasm} to ${more.wasm} bytes ` +
      `between call ${late[0].calls} and ${more.calls}`;
}

/**
 * The minimum of a value in either half of the samples. Temporary objects raise single samples; a leak raises the
 * minimum of the second half, by the number of calls between the halves.
 */
function floors(samples, name) {
  const middle = Math.floor(samples.length / 2);
  const minimum = (some) => Math.min(...some.map((sample) => sample[name]));
  return {
    from: minimum(samples.slice(0, middle)),
    to: minimum(samples.slice(middle)),
    calls: samples[middle].calls - samples[0].calls,
  };
}

/**
 * The slope of a value by the number of calls (Theil–Sen): the median of the slopes between all pairs of samples,
 * which ignores outliers, with Sen's confidence interval.
 */
export function slope(samples, name) {
  const slopes = samples.flatMap((one, index) =>
    samples.slice(index + 1).map((other) => (other[name] - one[name]) / (other.calls - one.calls)),
  );
  slopes.sort((a, b) => a - b);
  const count = samples.length;
  const spread = QUANTILE * Math.sqrt((count * (count - 1) * (2 * count + 5)) / 18);
  const at = (rank) => Number(slopes[Math.min(Math.max(Math.round(rank), 0), slopes.length - 1)].toFixed(3));
  const middle = (slopes.length - 1) / 2;
  return { least: at(middle - spread / 2), middle: at(middle), most: at(middle + spread / 2) };
}

const per = (what, { least, middle, most }) => ({
  [`${what}_per_call`]: middle,
  [`${what}_per_call_least`]: least,
  [`${what}_per_call_most`]: most,
});

/** Heap and objects at the start and after each quarter. */
function marks(samples) {
  const quarters = [0, 0.25, 0.5, 0.75, 1].map((part) => samples[Math.round(part * (samples.length - 1))]);
  const values = (name) => quarters.map((sample) => sample[name]);
  return { heap_at_quarters: values("heap"), objects_at_quarters: values("objects") };
}

function levels(atStart, samples) {
  const metrics = {
    samples: samples.length,
    wasm_pages_before: atStart.wasm / PAGE,
    wasm_pages_first: samples[0].wasm / PAGE,
    wasm_pages_last: samples.at(-1).wasm / PAGE,
  };
  for (const name of EXACT.filter((name) => name in atStart))
    metrics[`${name}_left`] = samples.at(-1)[name] - atStart[name];
  return metrics;
}
