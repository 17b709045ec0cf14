import { AdaptiveRetryStrategy } from "@smithy/core/retry";
import { around } from "./smithy.mjs";

/** @type {import("./index.mjs").Make} */
export function make({ retries, baseMs, ...rest }) {
  const strategy =
    retries === undefined
      ? new AdaptiveRetryStrategy(async () => 3)
      : new AdaptiveRetryStrategy(retries + 1, { baseDelay: baseMs });
  return around(strategy, rest);
}
