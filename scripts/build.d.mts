/** Brings dist/ up to date. Exits the process with tsc's output when the sources do not compile. */
export function build(): void;
