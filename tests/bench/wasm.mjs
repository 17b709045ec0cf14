// The memory of WebAssembly modules that are instantiated synchronously, as this client's is.

export function observeWasm() {
  const memories = [];
  WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
    construct(target, args, self) {
      const instance = Reflect.construct(target, args, self);
      for (const value of Object.values(instance.exports)) {
        if (value instanceof WebAssembly.Memory) memories.push(value);
      }
      return instance;
    },
  });
  /** Their total size in bytes, or null if there is none. */
  return () => (memories.length === 0 ? null : memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0));
}
