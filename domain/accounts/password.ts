/** Of a password, in characters. */
export const MIN_PASSWORD = 10;
export const MAX_PASSWORD = 128;
