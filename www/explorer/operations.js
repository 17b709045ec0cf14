// The table of operations, `openprospect/operations.json`.

/**
 * @typedef {object} Operation
 * @property {string} key such as `orders.get`
 * @property {string} namespace
 * @property {string} name
 * @property {string} method
 * @property {string} path
 * @property {string} doc
 * @property {"listed" | "page" | "legacy"} documented
 * @property {string[]} ids the parameters of the path
 * @property {boolean} isPage
 * @property {{name: string} | null} composed the method that iterates over every page, or sends every batch
 * @property {Spec[]} parameters
 *
 * @typedef {object} SpecBase
 * @property {string} name
 * @property {string} doc
 * @property {boolean} [optional]
 * @property {string} [default]
 *
 * @typedef {SpecBase & {kind: "text" | "instant" | "json" | "switch"}} SimpleSpec
 * @typedef {SpecBase & {kind: "number", min?: number, max?: number}} NumberSpec
 * @typedef {SpecBase & {kind: "word", known: string[], closed: boolean}} WordSpec
 * @typedef {SpecBase & {kind: "list", of: Spec}} ListSpec
 * @typedef {SpecBase & {kind: "object", fields: Spec[], open: boolean}} ObjectSpec
 * @typedef {SpecBase & {kind: "either", of: ObjectSpec[]}} EitherSpec
 *
 * @typedef {SimpleSpec | NumberSpec | WordSpec | ListSpec | ObjectSpec | EitherSpec} Spec a parameter or field
 */

/**
 * The list operation whose items have ids of this name: the one beside the operation that gets an item by it.
 *
 * @param {Operation[]} operations
 * @param {string} id
 */
export function listOf(operations, id) {
  const getter = operations.find((row) => row.name === "get" && row.ids.length === 1 && row.ids[0] === id);
  return getter && operations.find((row) => row.namespace === getter.namespace && row.name === "list");
}

/**
 * The operation that gets an item of this list.
 *
 * @param {Operation[]} operations
 * @param {Operation} list
 */
export function getterOf(operations, list) {
  return operations.find((row) => row.namespace === list.namespace && row.name === "get");
}
