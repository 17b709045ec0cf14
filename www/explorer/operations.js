// The table of operations, as the client itself has it.

/**
 * @param {string} text `OpenProspect.operations()`: a line a row, its cells parted by spaces
 */
export function readOperations(text) {
  return text.split("\n").map((line) => {
    const [namespace, name, method, path, scopes, documented, also, part, older, keyed, input] = line.split(" ");
    const ids = [...path.matchAll(/\{(\w+)\}/g)].map(([, id]) => id);
    return {
      key: `${namespace}.${name}`, namespace, name, method, path, ids, documented, also, input,
      scopes: scopes === "" ? [] : scopes.split(","), isPaged: older !== "", part: Number(part), keyed: keyed === "1",
    };
  });
}

/** Where ids of this name come from: the list beside the operation that gets one. */
export function listOf(operations, id) {
  const getter = operations.find((row) => row.name === "get" && row.ids.length === 1 && row.ids[0] === id);
  return getter && operations.find((row) => row.namespace === getter.namespace && row.name === "list");
}

/** What opens an item of this list. */
export function getterOf(operations, list) {
  return operations.find((row) => row.namespace === list.namespace && row.name === "get");
}
