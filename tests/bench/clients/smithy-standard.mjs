import { StandardRetryStrategy } from "@smithy/core/retry";
import { around } from "./smithy.mjs";

/** @type {import("./index.mjs").Make} */
export function make({ retries, baseMs, ...rest }) {
  const options = retries === undefined ? undefined : { maxAttempts: retries + 1, baseDelay: baseMs };
  return around(new StandardRetryStrategy(options), rest);
}
