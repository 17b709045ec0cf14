// What is made of many measurements.

export function median(values) {
  if (values.length === 0) throw new Error("the median of nothing");
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The median with its spread: the smallest and the largest. */
export function summary(values) {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values), count: values.length };
}

/** How much y grows with x: the median of the slopes between any two points, which one bad reading does not move. */
export function slope(points) {
  const slopes = points.flatMap(([x, y], index) =>
    points.slice(index + 1).map(([later, grown]) => (grown - y) / (later - x)),
  );
  return median(slopes);
}

/** The list begun further on, so that nobody is always first. */
export function rotated(list, by) {
  const start = list.length === 0 ? 0 : by % list.length;
  return [...list.slice(start), ...list.slice(0, start)];
}
