// What a loop around fetch needs: the statuses worth another try, and the error of one that failed.

const RETRIED = new Set([429, 500, 502, 503, 504]);

export const isRetried = (status) => RETRIED.has(status);

/** The parsed body, or an error with the server's words and its headers. */
export async function parsed(response) {
  const body = await response.json();
  if (response.ok) return body;
  throw Object.assign(new Error(body.message ?? body.error?.message), {
    status: response.status,
    headers: response.headers,
    body,
  });
}
