// The exports of every entry besides the client.

export {
  ApiError,
  AuthenticationError,
  AuthorizationError,
  BadRequestError,
  ConfigurationError,
  ConflictError,
  ConnectionError,
  DecodeError,
  InternalError,
  isOpenProspectError,
  NotFoundError,
  OpenProspectError,
  RateLimitError,
  ServerError,
  TerminalStatusError,
  TimeoutError,
  ValidationError,
} from "./errors.js";
