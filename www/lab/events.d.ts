// The events of a run, which the worker posts to the page.

/** The client, or the loop of the vendor's samples. */
export type Side = "client" | "loop";

export type Failure = "timeout" | "connection";

/** Why all calls of the client wait. */
export type PauseReason = "throttled" | "outage";

export type Happening =
  | { kind: "started" | "sent" | "unsent"; call: number }
  | { kind: "response"; call: number; status?: number; failure?: Failure }
  | { kind: "wait"; call: number; ms: number; reason: "backoff" | "retry_after" | "fixed" }
  | { kind: "done"; call: number; ok: boolean; error?: string; isCutOff?: boolean }
  | { kind: "pause"; reason: PauseReason; until: number }
  | { kind: "resumed" }
  | { kind: "over" };

/** `at` is the time since the start of the run, in milliseconds, as every time here. */
export type RunEvent = Happening & { side: Side; at: number };

export type Emit = (event: Happening) => void;

/** Makes one call. */
export type Caller = (call: number, signal: AbortSignal) => Promise<unknown>;

/** What the worker posts. */
export interface Message {
  started?: true;
  events?: RunEvent[];
  /** When the run ended. */
  endedAt?: number;
}

/** The settings of a run, under the names that a link has. */
export interface Settings {
  seed: number;
  calls: number;
  /** The maximum number of concurrent calls. */
  together: number;
  /** When the run ends, in seconds. */
  ends: number;
  kind: "window" | "bucket";
  /** Requests per window; 0 for no limit. */
  limit: number;
  /** In seconds. */
  window: number;
  advice: "seconds" | "date" | "list" | "body" | "both" | "text" | "none";
  /** Whether responses report the remaining quota. */
  left: "no" | "yes";
  /** In milliseconds. */
  latency: number;
  /** The jitter of the latency, in percent. */
  spread: number;
  /** In seconds. */
  downFrom: number;
  /** In seconds. */
  downFor: number;
  /** In percent of the attempts, as `stalls`. */
  resets: number;
  stalls: number;
  retries: number;
  /** In milliseconds. */
  backoff: number;
  /** In seconds. */
  timeout: number;
  /** In seconds. */
  deadline: number;
}
