// Assertions about types, at compile time.

export type IsAny<T> = 0 extends 1 & T ? true : false;
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles if the type argument is `true`. */
export function holds<_T extends true>(): void {}
/** Compiles if the type argument is `false`. */
export function fails<_T extends false>(): void {}
