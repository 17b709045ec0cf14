// The live heap after a garbage collection, from the DevTools protocol: of Node's inspector, or of Chromium.

const GROUP = { objectGroup: "heap" };

/**
 * Returns the size of the heap in bytes and the number of its objects. `post` sends a command of the protocol,
 * `nextTask` lets the engine run finalizers after a collection.
 *
 * @param {(method: any, params?: any) => Promise<any>} post
 * @param {() => Promise<unknown>} nextTask
 */
export async function measureHeap(post, nextTask) {
  for (let times = 0; times < 3; times += 1) {
    await post("HeapProfiler.collectGarbage");
    await nextTask();
  }
  const { usedSize } = await post("Runtime.getHeapUsage");
  const { result } = await post("Runtime.evaluate", { expression: "Object.prototype", ...GROUP });
  const { objects } = await post("Runtime.queryObjects", { prototypeObjectId: result.objectId, ...GROUP });
  const count = {
    functionDeclaration: "function () { return this.length; }",
    objectId: objects.objectId,
    returnByValue: true,
  };
  const {
    result: { value },
  } = await post("Runtime.callFunctionOn", count);
  await post("Runtime.releaseObjectGroup", GROUP);
  return { heap: usedSize, objects: value };
}
