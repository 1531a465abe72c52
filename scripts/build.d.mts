/** Brings dist/ up to date. Exits the process with what esbuild says when the sources do not compile. */
export function build(): void;
