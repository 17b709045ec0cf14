import { encode } from "../transport/environment.js";

/** @import { BodyShape, ErrorShape } from "../index.d.ts" */
/** @import { Entity } from "../data/find.js" */
/** @import { ErrorBody } from "./errors.js" */

/**
 * @typedef {object} Content
 * @property {number} status
 * @property {Entity} [entity] the missing resource of a 404
 * @property {ErrorBody} error
 * @property {any} payload the JSON value of the plain shape
 * @property {object} extra fields added at the top
 */

/** @param {Content} content */
const html = ({ status, error }) =>
  `<!doctype html>\n<html><head><title>${status}</title></head>` +
  `<body><h1>${status}</h1><p>${error.message}</p></body></html>\n`;

/**
 * Inserts two bytes that are invalid in UTF-8 into a string, so that everything around them remains readable.
 *
 * @param {string} text
 */
function invalidateUtf8(text) {
  const mark = ['"message":"', '":"'].find((candidate) => text.includes(candidate)) ?? "";
  const at = text.indexOf(mark) + mark.length;
  const [before, after] = [encode(text.slice(0, at)), encode(text.slice(at))];
  const bytes = new Uint8Array(before.length + 2 + after.length);
  bytes.set(before);
  bytes.set([0xff, 0xfe], before.length);
  bytes.set(after, before.length + 2);
  return bytes;
}

/**
 * Bodies that are JSON, but not in the current envelope.
 *
 * @type {{[shape in BodyShape | ErrorShape]?: (content: Content) => object}}
 */
const ENVELOPES = {
  nested: ({ error }) => ({ error }),
  legacy: ({ error }) => ({ error: error.code, message: error.message }),
  extra: ({ error, entity }) => ({ ...(error.details ?? entity), code: error.code, message: error.message }),
  fastapi: ({ error }) => ({ detail: [{ type: "value_error", loc: ["body"], msg: error.message, input: null }] }),
};

/** The envelopes of the documentation's generations, newest first; `flat` is the current one. */
export const ERROR_SHAPES = Object.freeze(["flat", "extra", "nested", "legacy"]);

/**
 * Invalid or unexpected bodies: `text` is the JSON that would have been sent.
 *
 * @type {{[shape in BodyShape | ErrorShape]?: (content: Content & {text: string}) => Uint8Array<ArrayBuffer>}}
 */
const INVALID = {
  truncated_json: ({ text }) => encode(text.slice(0, Math.ceil(text.length / 2))),
  html: (context) => encode(html(context)),
  empty: () => new Uint8Array(0),
  invalid_utf8: ({ text }) => invalidateUtf8(text),
  not_json: ({ error }) => encode(`upstream error: ${error.message}`),
};

/** @type {{[shape in BodyShape | ErrorShape]?: string}} */
const TYPES = { html: "text/html; charset=utf-8", not_json: "text/plain; charset=utf-8" };

/**
 * The default status of a shape, for a fault without a status.
 *
 * @type {Readonly<Record<BodyShape, number>>}
 */
export const SHAPE_STATUS = Object.freeze({
  nested: 400,
  legacy: 429,
  extra: 404,
  fastapi: 422,
  truncated_json: 200,
  html: 200,
  empty: 200,
  invalid_utf8: 200,
  not_json: 200,
});

/**
 * Writes a body in a shape.
 *
 * @param {BodyShape | ErrorShape | undefined} shape
 * @param {Content} content
 * @returns {{bytes: Uint8Array<ArrayBuffer>, contentType: string}}
 */
export function render(shape, content) {
  const plain = (shape && ENVELOPES[shape]?.(content)) ?? content.payload;
  const value = plain === null ? null : { ...plain, ...content.extra };
  const text = JSON.stringify(value);
  const bytes = (shape && INVALID[shape]?.({ ...content, text })) ?? encode(text);
  return { bytes, contentType: (shape && TYPES[shape]) ?? "application/json" };
}
