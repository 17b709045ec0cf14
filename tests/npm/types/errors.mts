// Errors narrow by class, by kind and by code, and accept codes that the API introduces later.

import {
  ApiError,
  AuthorizationError,
  ConfigurationError,
  isOpenProspectError,
  NotFoundError,
  OpenProspectError,
  type RateLimitError,
  TimeoutError,
  ValidationError,
  type Attempt,
  type DocumentedCode,
  type ErrorByKind,
  type ErrorCode,
  type ErrorKind,
  type FieldError,
  type StoppedBy,
} from "openprospect";
import { fails, holds, type IsAny, type Same } from "./assert.mjs";

export function read(error: unknown): string {
  if (error instanceof AuthorizationError) {
    const scopes: string[] | undefined = error.details?.required_scopes;
    holds<Same<NonNullable<typeof error.details>["user_scopes"], string[] | undefined>>();
    holds<Same<NonNullable<typeof error.details>["another"], unknown>>();
    holds<Same<typeof error.status, 403>>();
    const missing: readonly string[] = error.missingScopes;
    if (error.code === "AUTHORIZATION_ERROR") error.code satisfies "AUTHORIZATION_ERROR";
    return `${scopes} ${missing} ${error.requiredScopes} ${error.userScopes}`;
  }
  if (error instanceof NotFoundError && error.code === "ORDER_NOT_FOUND") {
    const code: "ORDER_NOT_FOUND" = error.code;
    return code;
  }
  if (error instanceof ValidationError) {
    holds<Same<typeof error.fields, readonly FieldError[]>>();
    return error.fields.map(({ field, message }) => `${field}: ${message}`).join();
  }
  if (error instanceof TimeoutError) return error.scope satisfies "attempt" | "deadline";
  if (error instanceof ConfigurationError) return `${error.option}: ${error.given}, ${error.allowed}`;
  if (isOpenProspectError(error, "rate_limit")) {
    holds<Same<typeof error, RateLimitError>>();
    const at: Date | undefined = error.retryAt;
    return `${at?.toISOString()} ${error.retryAfterMs?.toFixed()} ${error.status satisfies 429}`;
  }
  if (error instanceof ApiError) {
    holds<Same<typeof error.attempts, readonly Attempt[]>>();
    holds<Same<typeof error.stoppedBy, StoppedBy>>();
    return `${error.method} ${error.path} ${error.retryable} ${error.mayHaveBeenApplied}`;
  }
  if (isOpenProspectError(error)) {
    holds<Same<typeof error, OpenProspectError>>();
    if (error.code === "UNAUTHORIZED") {
      const code: "UNAUTHORIZED" = error.code;
      return code;
    }
    // An undocumented code compiles.
    if (error.code === "SOMETHING_NEW") return "new";
    holds<Same<typeof error.details, Readonly<Record<string, unknown>> | undefined>>();
    return `${error.kind} ${error.resolution} ${error.requestId} ${error.rawBody} ${JSON.stringify(error.toJSON())}`;
  }
  return "not an error of the client";
}

/** A switch over the kinds can be exhaustive, and each kind has its class. */
export function meaning<K extends ErrorKind>(error: ErrorByKind[K]): string {
  const kind: ErrorKind = error.kind;
  switch (kind) {
    case "api":
    case "bad_request":
    case "authentication":
    case "authorization":
    case "not_found":
    case "conflict":
    case "validation":
    case "rate_limit":
    case "server":
    case "connection":
    case "timeout":
    case "decode":
    case "terminal_status":
    case "configuration":
    case "internal":
      return kind;
    default:
      return kind satisfies never;
  }
}

export const codes: ErrorCode[] = [
  "UNAUTHORIZED",
  "UNEXPECTED_REDIRECT",
  "RATE_LIMIT_EXCEEDED",
  "CONNECTION",
  "ANYTHING",
];
holds<
  Same<
    DocumentedCode,
    | "UNAUTHORIZED"
    | "AUTHORIZATION_ERROR"
    | "VALIDATION_ERROR"
    | "ORDER_NOT_FOUND"
    | "PROSPECT_SEARCH_NOT_FOUND"
    | "BLACKLIST_NOT_FOUND"
  >
>();

/** A custom class of a program. */
export class CustomError extends OpenProspectError {
  constructor() {
    super("m", { code: "CUSTOM" }, { cause: new Error("c") });
  }
}

fails<IsAny<OpenProspectError["code"]>>();
fails<IsAny<OpenProspectError["cause"]>>();
fails<IsAny<OpenProspectError["details"]>>();
fails<IsAny<ReturnType<OpenProspectError["toJSON"]>[string]>>();
