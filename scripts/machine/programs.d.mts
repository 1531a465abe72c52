/** The path of a program, or undefined. */
export function findProgram(name: string): string | undefined;

/** Whether the tests do without a program also where everything has to run. */
export function isOptional(name: string): boolean;
