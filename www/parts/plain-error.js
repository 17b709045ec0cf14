/** An error as data: the client's own have all that is known of them. */
export const plainError = (error) => error.toJSON?.() ?? { name: error.name, message: error.message };
