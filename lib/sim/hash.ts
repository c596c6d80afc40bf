/** Small seeded hashes, so that every choice of a simulated node can be repeated. FNV-1a, then murmur3's finaliser. */
const FNV_PRIME = 0x01000193;
const FNV_OFFSET = 0x811c9dc5;

/** Spreads the bits of a 32-bit number. */
export function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** 32-bit hash of a text. */
export function hashText(text: string, seed = 0): number {
  let hash = FNV_OFFSET ^ seed;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), FNV_PRIME);
  return mix(hash);
}

/** 32-bit hash of two numbers, order-sensitive. */
export const hashPair = (a: number, b: number): number => mix(Math.imul(mix(a), FNV_PRIME) ^ b);

/** Uniform in [0, 1), the same for the same words. */
export const unitOf = (...words: readonly (string | number)[]): number => hashText(words.join("\u0000")) / 4294967296;

/** Maps a 32-bit hash to [-1, 1). */
export const signedUnit = (hash: number): number => hash / 2147483648 - 1;
