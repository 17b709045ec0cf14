import { StandardRetryStrategy } from "@smithy/core/retry";
import { around } from "./smithy.mjs";

export function make({ retries, baseMs, ...rest }) {
  const given = retries === undefined ? undefined : { maxAttempts: retries + 1, baseDelay: baseMs };
  return around(new StandardRetryStrategy(given), rest);
}
