/** One attempt to send a request. */
export interface Attempt {
  /** Number of the attempt, starting at 1. */
  attempt: number;
  /** The HTTP status of the response. */
  status?: number;
  /** Why no response was received. */
  failure?: "connection" | "timeout";
  /**
   * Whether the client sent a request. If not, the call was waiting for another call's request, which failed, or it
   * timed out before it was sent.
   */
  sent: boolean;
  /** Time from the start of the attempt to its last body byte or its failure, in milliseconds. */
  durationMs: number;
  /** The server's request ID. */
  requestId?: string;
  /** The wait before the next attempt, if there was one, in milliseconds. */
  waitMs?: number;
  /** What determined the wait: the client's exponential backoff, or the server's `Retry-After`. */
  waitReason?: "backoff" | "retry_after";
}

/** Events that a client passes to `onEvent`. */
export type OpenProspectEvent =
  | AttemptEvent
  | RetryEvent
  | ThrottledEvent
  | OutageEvent
  | ResumedEvent
  | ProgressEvent
  | AlertEvent
  | RecoveredEvent;

/** An attempt succeeded or failed. */
export interface AttemptEvent extends Attempt {
  type: "attempt";
  method: HttpMethod;
  path: string;
}

/** The client will retry after a wait. */
export interface RetryEvent {
  type: "retry";
  method: HttpMethod;
  path: string;
  /** Number of the attempt that failed. */
  attempt: number;
  waitMs: number;
  waitReason: "backoff" | "retry_after";
}

/**
 * The server's rate limit is reached: the client sends no requests for a while. If only the share of batch work is used up,
 * interactive calls go on.
 */
export interface ThrottledEvent {
  type: "throttled";
  /** When the client resumes sending. */
  until: Date;
  /** Requests per second from then on; absent if only a header reported the limit. */
  pace?: number;
  /** Maximum number of concurrent requests from then on. */
  window: number;
  /** Number of waiting calls. */
  waiting: number;
}

/**
 * The server is considered down: five requests in a row failed. The client lets one call at a time probe whether the
 * server is back.
 */
export interface OutageEvent {
  type: "outage";
  /** When the first probe is sent. */
  until: Date;
  /** Number of consecutive failed requests. */
  failures: number;
  /** Number of waiting calls. */
  waiting: number;
}

/** A rate limit pause or an outage has ended. */
export interface ResumedEvent {
  type: "resumed";
  /** Requests per second, if limited. */
  pace?: number;
  /** Maximum number of concurrent requests. */
  window: number;
  /** Number of waiting calls. */
  waiting: number;
}

/** The server accepted a batch of a list that is sent in batches. */
export interface ProgressEvent {
  type: "progress";
  method: HttpMethod;
  path: string;
  /** Number of items accepted so far. */
  sent: number;
  /** Total number of items. */
  total: number;
}

/**
 * Three consecutive attempts of one operation, in one call or several, ended in a server error or without a response.
 * Reported once, and not again before a `recovered` event of the operation.
 *
 * Attempts that were not sent because the server was down count as failures. A 429 is not a failure. The client tracks
 * up to 64 failing operations; beyond that, which takes requests to undocumented paths, it drops the operation whose
 * last failure is the oldest.
 */
export interface AlertEvent {
  type: "alert";
  /**
   * Method and path as documented, such as `GET /api/v1/orders/{order_id}`: the client counts successes and failures
   * per operation. For an undocumented request, its path without the query.
   */
  operation: string;
  /** Method of the last failed request. */
  method: HttpMethod;
  path: string;
  /** Number of consecutive failed attempts. */
  count: number;
  /** When the first of these attempts failed. */
  since: Date;
  /** The error of the last attempt: the error that the call throws, unless the call retries. */
  error: ServerError | ConnectionError | TimeoutError;
}

/** An operation succeeded for the first time after its `alert`. */
export interface RecoveredEvent {
  type: "recovered";
  /** The operation of the `alert`. */
  operation: string;
  /** Method of the successful request. */
  method: HttpMethod;
  path: string;
  /** Number of failed attempts before the success. */
  count: number;
  /** When the first of these attempts failed. */
  since: Date;
}
