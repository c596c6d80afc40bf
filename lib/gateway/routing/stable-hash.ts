/**
 * FNV-1a over the texts, then mixed so that the last characters reach the high bits as well. The same on every machine
 * and in every release: conversations and versions keep their places.
 * @returns an unsigned 32-bit number
 */
export function stableHash(...texts: readonly string[]): number {
  let hash = 0x811c9dc5;
  for (const text of texts) {
    for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
    // a boundary, so that "a", "bc" is not "ab", "c"
    hash = Math.imul(hash, 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
