/** The claims inside a token, when it is a JWT. Only the service checks them; here they are for reading. */
export function claimsIn(token: string): Readonly<Record<string, unknown>> {
  try {
    return { ...(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as object | null) };
  } catch {
    return {};
  }
}

/** When a token with these claims ends, if it says so. */
export const endOf = ({ exp }: Readonly<Record<string, unknown>>): Date | undefined =>
  typeof exp === 'number' && Number.isFinite(new Date(exp * 1_000).getTime()) ? new Date(exp * 1_000) : undefined;
