/** What a function of the caller's provides: a promise of it, also where it throws. */
export const ask = (provider) => new Promise((resolve) => resolve(provider()));
