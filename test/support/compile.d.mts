/** What the TypeScript of a file is as JavaScript; with `renamed` its relative imports name compiled files, and there is no map. */
export function compile(path: string, options?: { renamed?: boolean }): { code: string; map?: string };
