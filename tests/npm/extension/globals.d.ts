// For the type checker: the API of extensions that the tests and the example use, and what `writeExtension` copies.

declare const chrome: {
  runtime: {
    sendMessage(message: unknown): Promise<any>;
    onMessage: {
      addListener(
        listener: (message: any, sender: { origin?: string }, reply: (value: unknown) => void) => boolean | undefined,
      ): void;
      hasListeners(): boolean;
    };
  };
  storage?: object;
};
declare function importScripts(...urls: string[]): void;

declare module "*/openprospect.js" {
  const library: typeof import("../../../pkg/index.js");
  export = library;
}
