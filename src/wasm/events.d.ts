/** One trip to the server. */
export interface Attempt {
  /** 1, 2, … */
  attempt: number;
  /** The status that came back. */
  status?: number;
  /** Why none came back. */
  failure?: "connection" | "timeout";
  /** Whether a request left the client. If not, the call waited for another one that failed, or its time was up. */
  sent: boolean;
  /** From the beginning of the attempt to its last body byte or its failure. */
  durationMs: number;
  /** The server's name for it. */
  requestId?: string;
  /** The wait that followed, if another attempt did. */
  waitMs?: number;
  /** What decided that wait: the client's own growing wait, or the server's word. */
  waitReason?: "backoff" | "retry_after";
}

/** What a client tells its `onEvent`. */
export type OpenProspectEvent =
  | AttemptEvent
  | RetryEvent
  | ThrottledEvent
  | OutageEvent
  | ResumedEvent
  | ProgressEvent
  | AlertEvent
  | RecoveredEvent;

/** An attempt ended, well or not. */
export interface AttemptEvent extends Attempt {
  type: "attempt";
  method: HttpMethod;
  path: string;
}

/** Another attempt follows after a wait. */
export interface RetryEvent {
  type: "retry";
  method: HttpMethod;
  path: string;
  /** The attempt that failed. */
  attempt: number;
  waitMs: number;
  waitReason: "backoff" | "retry_after";
}

/** The server's limit is reached: no call of this client sends anything for a while. */
export interface ThrottledEvent {
  type: "throttled";
  /** When sending goes on. */
  until: Date;
  /** Requests a second from then on; absent if only a header told of the limit. */
  pace?: number;
  /** How many requests may be out at once from then on. */
  window: number;
  /** How many calls wait. */
  waiting: number;
}

/** The server is down: five requests in a row failed. One call at a time looks whether it is back. */
export interface OutageEvent {
  type: "outage";
  /** When the first of them does. */
  until: Date;
  /** Requests that failed in a row. */
  failures: number;
  /** How many calls wait. */
  waiting: number;
}

/** A pause or an outage is over. */
export interface ResumedEvent {
  type: "resumed";
  /** Requests a second, if they are limited. */
  pace?: number;
  /** How many requests may be out at once. */
  window: number;
  /** How many calls wait. */
  waiting: number;
}

/** A part of a list that is sent in parts was accepted. */
export interface ProgressEvent {
  type: "progress";
  method: HttpMethod;
  path: string;
  /** Items accepted so far. */
  sent: number;
  /** Items in all. */
  total: number;
}

/**
 * Three calls in a row ended in a server error or without a response. It is told once, and then not again before a
 * `recovered`.
 */
export interface AlertEvent {
  type: "alert";
  /** The request of the last of them. */
  method: HttpMethod;
  path: string;
  /** Calls that failed in a row. */
  count: number;
  /** When the first of them ended. */
  since: Date;
  /** What the last of them ended with. */
  error: ServerError | ConnectionError | TimeoutError;
}

/** The first success after an `alert`. */
export interface RecoveredEvent {
  type: "recovered";
  /** The request that succeeded. */
  method: HttpMethod;
  path: string;
  /** Calls that failed since then. */
  count: number;
  /** When the first of them ended. */
  since: Date;
}
