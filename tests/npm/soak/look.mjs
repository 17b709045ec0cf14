// What lives after garbage is collected, as the engine itself says it: in Node through its inspector, in Chromium through its tools.

const GROUP = { objectGroup: "look" };

/**
 * `post` asks the engine in words of its protocol, `turn` lets it do what comes of a collection: what is left to be done with
 * that which is gone. Gives the bytes of the heap and the number of objects in it, of whatever kind.
 */
export async function look(post, turn) {
  for (let times = 0; times < 3; times += 1) {
    await post("HeapProfiler.collectGarbage");
    await turn();
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
