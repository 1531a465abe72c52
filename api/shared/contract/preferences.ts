/** What a `Prefer` header asks for (RFC 7240), in lower case: `handling=strict`. */
export const preferencesOf = (header: string | string[] | undefined): string[] =>
  [header ?? []]
    .flat()
    .flatMap((line) => line.toLowerCase().split(/[,;]/))
    .map((preference) => preference.trim());
