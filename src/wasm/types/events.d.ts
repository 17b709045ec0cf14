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
 * Three attempts of one operation in a row, of one call or of several, ended in a server error or without a response. It is
 * reported once, and not again before a `recovered` of the operation.
 *
 * An attempt counts that was not sent because the server was down. A 429 is not a failure. Of more than 64 failing operations,
 * which takes requests to paths outside of the documentation, the one whose last failure is the longest ago is forgotten.
 */
export interface AlertEvent {
  type: "alert";
  /**
   * Method and path as documented, such as `GET /api/v1/orders/{order_id}`: success and failure are counted per operation.
   * For an undocumented request, its path without the query.
   */
  operation: string;
  /** The request of the last of them. */
  method: HttpMethod;
  path: string;
  /** Attempts that failed in a row. */
  count: number;
  /** When the first of them failed. */
  since: Date;
  /** What the last of them failed with: the error that is thrown, unless the call retries. */
  error: ServerError | ConnectionError | TimeoutError;
}

/** The first success of an operation after its `alert`. */
export interface RecoveredEvent {
  type: "recovered";
  /** That of the `alert`. */
  operation: string;
  /** The request that succeeded. */
  method: HttpMethod;
  path: string;
  /** Attempts that failed before it. */
  count: number;
  /** When the first of them failed. */
  since: Date;
}
