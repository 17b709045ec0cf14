// The memory of the WebAssembly modules that are started synchronously, as this client's is.

export function observeWasm() {
  const memories = [];
  WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
    construct(target, given, self) {
      const instance = Reflect.construct(target, given, self);
      for (const value of Object.values(instance.exports)) {
        if (value instanceof WebAssembly.Memory) memories.push(value);
      }
      return instance;
    },
  });
  /** The bytes of all of them, or null if there is none. */
  return () => (memories.length === 0 ? null : memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0));
}
