const FORM =
  /^(\d{4})-(\d\d)-(\d\d)(?:T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-](?:0\d|1[0-4]):?[0-5]\d)?)?$/;

/** Whether a text is a valid ISO 8601 date, or date and time. @param {string} text */
export function isIso8601(text) {
  const [, year, month, day] = Array.from(FORM.exec(text) ?? [], Number);
  return day >= 1 && month >= 1 && month <= 12 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** Milliseconds since 1970 of a date (UTC), or a date and time (local without an offset). @param {string} text */
export function parseIso8601(text) {
  if (!isIso8601(text)) return undefined;
  // `Date.parse` does not support offsets without a colon.
  return Date.parse(text.includes("T") ? text.replace(/([+-]\d\d)(\d\d)$/, "$1:$2") : text);
}
