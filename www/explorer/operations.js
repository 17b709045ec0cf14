// The table of operations, as the package has it.

/** Where ids of this name come from: the list beside the operation that gets one. */
export function listOf(operations, id) {
  const getter = operations.find((row) => row.name === "get" && row.ids.length === 1 && row.ids[0] === id);
  return getter && operations.find((row) => row.namespace === getter.namespace && row.name === "list");
}

/** What opens an item of this list. */
export function getterOf(operations, list) {
  return operations.find((row) => row.namespace === list.namespace && row.name === "get");
}
