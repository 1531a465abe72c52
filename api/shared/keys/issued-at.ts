/** How far ahead the clock of an issuer may be, in seconds (FAPI 2.0 Security Profile section 5.3.2.1 wants 10 to 60). */
const MOST_AHEAD = 30;

/** Whether a JWT says that it was made in the future; `now` is in milliseconds. */
export const isFromFuture = ({ iat }: { readonly iat?: unknown }, now: number): boolean =>
  typeof iat === 'number' && iat > now / 1_000 + MOST_AHEAD;
