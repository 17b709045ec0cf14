// Shared by the loops around fetch: the statuses that are retried, and the error of a failed response.

const RETRIED = new Set([429, 500, 502, 503, 504]);

export const isRetried = (status) => RETRIED.has(status);

/**
 * The parsed body, or an error with the server's message, status and headers.
 *
 * @param {Response} response
 */
export async function parsed(response) {
  const body = await response.json();
  if (response.ok) return body;
  throw Object.assign(new Error(body.message ?? body.error?.message), {
    status: response.status,
    headers: response.headers,
    body,
  });
}
