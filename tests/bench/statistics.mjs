// Statistics of many measurements.

export function median(values) {
  if (values.length === 0) throw new Error("the median of no values");
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The median with the minimum and the maximum. */
export function summary(values) {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values), count: values.length };
}

/** The growth of y with x: the median of the slopes between any two points, which ignores an outlier (Theil–Sen). */
export function slope(points) {
  const slopes = points.flatMap(([x, y], index) =>
    points.slice(index + 1).map(([later, grown]) => (grown - y) / (later - x)),
  );
  return median(slopes);
}

/** Rotates the list, so that no client is always first. */
export function rotated(list, by) {
  const start = list.length === 0 ? 0 : by % list.length;
  return [...list.slice(start), ...list.slice(0, start)];
}
