// Two ways of doing the same in one process, in short alternating blocks: what disturbs the machine for longer than a
// block disturbs both, and the median of the pairs' ratios forgets what disturbs one. Short blocks do it: with blocks of
// 250 calls fetch against itself was off by 4 % (standard deviation), with as many calls in blocks of 50 by 0.7 %.

import { median } from "../statistics.mjs";

async function timed(run, size) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await run(size.perBlock);
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { wall, cpu: (user + system) / 1000 };
}

/** `base` and `other` make that many calls. */
export async function alternate(base, other, size) {
  for (let done = 0; done < size.warmUp; done += size.perBlock) {
    await base(size.perBlock);
    await other(size.perBlock);
  }
  const ratios = { wall: [], cpu: [] };
  const per = { base: [], other: [] };
  for (let block = 0; block < size.blocks; block += 1) {
    // ABBA: neither is always the one that comes after the other.
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
