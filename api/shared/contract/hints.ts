const STAND_IN =
  ': what stands for a secret elsewhere, such as **** or ${SECRET}, is none; send the secret itself, or leave it out';

/** What else is told of a fault of the shape at a place, by the keyword of JSON Schema. */
export const hintOn = (place: string, keyword: string): string =>
  /^(minLength|pattern)$/.test(keyword) && place.endsWith('/clientSecret') ? STAND_IN : '';
