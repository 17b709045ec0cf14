/**
 * An error as data. The client's own errors have `toJSON()`.
 *
 * @param {Error & {toJSON?: () => object}} error
 * @returns {object}
 */
export const plainError = (error) => error.toJSON?.() ?? { name: error.name, message: error.message };
