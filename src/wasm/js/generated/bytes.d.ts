// The compiled module, encoded by the build, and the small module that decodes it.
export const decoder: number[];
export const parts: string[];
