// A Markdown table.

export function table(head, rows) {
  const line = (cells) => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

const cell = (value) => String(value).replaceAll("|", "\\|").replaceAll("\n", " ");

/**
 * A number with fixed digits, or a dash if it is missing.
 *
 * @param {number | null | undefined} value
 */
export function number(value, digits = 2) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  return value.toFixed(digits);
}

/** `1.04 (1.02–1.07)`; without the spread if both ends are equal. */
export function spread({ median, min, max }, { digits = 2, unit = "" } = {}) {
  const middle = number(median, digits);
  const [low, high] = [number(min, digits), number(max, digits)];
  return low === high ? `${middle}${unit}` : `${middle}${unit} (${low}–${high})`;
}
