// Request targets that a proxy mounted at /openprospect must not forward, as a client can write them on the request line.

/** Not forwarded however the request arrives. */
export const HOSTILE = [
  // The prefix as the beginning of something else: with string concatenation these name another host or port.
  "/openprospect.attacker.example/x", "/openprospect.attacker.example/api/v1/orders", "/openprospect.attacker.example/openprospect/api/v1/orders",
  "/openprospect:8443/x", "/openprospect:8443/api/v1/orders", "/openprospect:@attacker.example/api/v1/orders", "/openprospect@attacker.example/api/v1/orders",
  "/openprospect%40attacker.example/api/v1/orders", "/openprospectX", "/openprospectX/api/v1/orders", "/openprospect-staging/api/v1/orders", "/openprospect%2fapi/v1/orders",
  "/openprospect%2Fapi%2Fv1%2Forders", "/openprospect;x/api/v1/orders", "/openprospect%20/api/v1/orders", "/openprospect./api/v1/orders",
  // Not below prefix + /api/.
  "/", "/other", "/api/v1/orders", "/openprospect", "/openprospect/", "/openprospect?x=/api/v1/orders", "/openprospect/api", "/openprospect/api?x", "/openprospect/apix/v1/orders",
  "/openprospect/api.v1/orders", "/openprospect/api%2fv1/orders", "/openprospect/API/v1/orders", "/OpenProspect/api/v1/orders", "/openprospect/%61pi/v1/orders", "/%6fpenprospect/api/v1/orders",
  "/openprospect/health", "/x/openprospect/api/v1/orders", "/openprospect/openprospect/api/v1/orders", "/openprospect/@attacker.example/api/v1/orders", "/openprospect/https://attacker.example/api/v1/orders",
  // Another authority.
  "//attacker.example/openprospect/api/v1/orders", "///attacker.example/openprospect/api/v1/orders", "//openprospect/api/v1/orders", "/openprospect//api/v1/orders", "/openprospect//attacker.example/api/v1/orders",
  "/\\attacker.example/openprospect/api/v1/orders", "/openprospect\\attacker.example/api/v1/orders", "/openprospect/api//attacker.example/x", "/openprospect/api/v1//orders", "/openprospect/api//", "/openprospect/api/v1/orders//",
  // Dot segments that lead out of /api/.
  "/openprospect/api/../admin", "/openprospect/api/v1/../../admin", "/openprospect/api/..", "/openprospect/../api/v1/orders", "/openprospect/api/%2e%2e/admin", "/openprospect/api/%2E%2E/admin",
  "/openprospect/api/.%2e/admin", "/openprospect/api/%2e./admin", "/openprospect/api/..\\admin", "/openprospect/api/v1/..\\..\\admin", "/openprospect/api/%2e%2e\\admin",
  // The same for a server that decodes once or twice, or removes parameters from segments.
  "/openprospect/api/..%2fadmin", "/openprospect/api/..%2Fadmin", "/openprospect/api/%2e%2e%2fadmin", "/openprospect/api/..%5cadmin", "/openprospect/api/%2e%2e%5Cadmin", "/openprospect/api/v1/x%2f..%2f..%2fadmin",
  "/openprospect/api/v1%2forders", "/openprospect/api/v1%5corders", "/openprospect/api/%252e%252e/admin", "/openprospect/api/%252e%252e%252fadmin", "/openprospect/api/..%252fadmin", "/openprospect/api/..%255cadmin",
  "/openprospect/api/..;/admin", "/openprospect/api/..;x=1/admin", "/openprospect/api/%2e%2e;/admin", "/openprospect/api/..%3b/admin", "/openprospect/api/.;/admin", "/openprospect/api/..%20/admin", "/openprospect/api/.../admin",
  // Overlong UTF-8, UTF-16, half an escape, forms that normalization makes dots and slashes of.
  "/openprospect/api/%c0%ae%c0%ae/admin", "/openprospect/api/..%c0%af/admin", "/openprospect/api/%u002e%u002e/admin", "/openprospect/api/%", "/openprospect/api/%2", "/openprospect/api/%zz/x", "/openprospect/api/v1/%ff",
  "/openprospect/api/%ef%bc%8e%ef%bc%8e/admin", "/openprospect/api/%e2%80%a5/admin", "/openprospect/api/..%ef%bc%8fadmin",
  // Control characters, which begin another line of a request or end a string.
  "/openprospect/api/v1/%00", "/openprospect/api/v1/orders%00.json", "/openprospect/api/v1/x%0d%0aHost:%20attacker.example", "/openprospect/api/v1/%0a", "/openprospect/api/v1/%09", "/openprospect/api/v1/%7f", "/openprospect/api/v1/%c2%85",
];

/** Resolved by the parser of every `Request` into a path that is forwarded. With `toNodeHandler`, which sees the request line, they are not. */
export const UNRESOLVED = [
  "/openprospect/api/v1/../v1/orders", "/openprospect/./api/v1/orders", "/x/../openprospect/api/v1/orders", "/openprospect/api/v1/%2e%2e/v1/orders", "/openprospect/api/v1/x/%2E./orders",
  "/openprospect/api/v1/x\\..\\orders", "/openprospect\\api\\v1\\orders", "/openprospect/api/%2e/v1/orders", "/openprospect/api/v1/orders#fragment", "/openprospect/api/v1/orders?x#fragment",
  "http://attacker.example/openprospect/api/v1/orders", "https://attacker.example/openprospect/api/v1/orders", "HTTP://api.openprospect.io/openprospect/api/v1/orders", "http:/openprospect/api/v1/orders",
  "*", "attacker.example:443", "@attacker.example/openprospect/api/v1/orders", ":8443/openprospect/api/v1/orders", ".attacker.example/openprospect/api/v1/orders", "?/openprospect/api/v1/orders",
];

/** Forwarded as they are, with what the API gets of them. */
export const FORWARDED = [
  ["/openprospect/api/v1/orders", "/api/v1/orders"],
  ["/openprospect/api/", "/api/"],
  ["/openprospect/api/v1/orders/", "/api/v1/orders/"],
  ["/openprospect/api/v1/orders?limit=10&a=%2e%2e%2f&b=//attacker.example", "/api/v1/orders?limit=10&a=%2e%2e%2f&b=//attacker.example"],
  ["/openprospect/api/v1/orders?", "/api/v1/orders"],
  ["/openprospect/api/v1/orders/a%20b%3Fc%23d%26e", "/api/v1/orders/a%20b%3Fc%23d%26e"],
  ["/openprospect/api/v1/orders/Gr%C3%B6%C3%9Fe", "/api/v1/orders/Gr%C3%B6%C3%9Fe"],
  ["/openprospect/api/v1/orders/a@attacker.example:8443", "/api/v1/orders/a@attacker.example:8443"],
  ["/openprospect/api/v1/orders/..a", "/api/v1/orders/..a"],
  ["/openprospect/api/v1/orders/100%25", "/api/v1/orders/100%25"],
];
