// Compares two clients in one process, in short alternating blocks: a disturbance longer than a block affects both, and
// the median of the pairs' ratios ignores a shorter one. Block size matters: with blocks of 250 calls fetch against
// itself had a standard deviation of 4 %, with the same number of calls in blocks of 50 it had 0.7 %.

import { median } from "../statistics.mjs";

async function timed(run, size) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await run(size.perBlock);
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { wall, cpu: (user + system) / 1000 };
}

/** `base` and `other` make the given number of calls. */
export async function alternate(base, other, size) {
  for (let done = 0; done < size.warmUp; done += size.perBlock) {
    await base(size.perBlock);
    await other(size.perBlock);
  }
  /** @type {Record<"wall" | "cpu", number[]>} */
  const ratios = { wall: [], cpu: [] };
  /** @type {Record<"base" | "other", number[]>} */
  const per = { base: [], other: [] };
  for (let block = 0; block < size.blocks; block += 1) {
    // ABBA: the order alternates.
    const first = block % 2 === 0;
    const early = await timed(first ? base : other, size);
    const late = await timed(first ? other : base, size);
    const [a, b] = first ? [early, late] : [late, early];
    ratios.wall.push(b.wall / a.wall);
    ratios.cpu.push(b.cpu / a.cpu);
    per.base.push((a.wall / size.perBlock) * 1000);
    per.other.push((b.wall / size.perBlock) * 1000);
  }
  const calls = 2 * (Math.ceil(size.warmUp / size.perBlock) + size.blocks) * size.perBlock;
  return {
    requests: calls,
    wall: median(ratios.wall),
    cpu: median(ratios.cpu),
    baseUs: median(per.base),
    otherUs: median(per.other),
  };
}
