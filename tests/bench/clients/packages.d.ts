// The compared clients are installed in this folder only for a benchmark; type checks run without them.

declare module "@smithy/core/retry";
declare module "axios";
declare module "axios-retry";
declare module "got";
declare module "ky";
declare module "openai";
declare module "p-retry";
