/**
 * Whether the `typ` of a JWT, `none` where it has none, is one of these, which are in small letters: what is signed for
 * one purpose is not taken for another (RFC 8725 section 3.11). `application/` may be left out (RFC 7515 section 4.1.9).
 */
export function isTyped(typ: unknown, ...types: readonly string[]): boolean {
  if (typ === undefined) return types.includes('none');
  return typeof typ === 'string' && types.includes(typ.toLowerCase().replace(/^application\//, ''));
}
