/**
 * In which order a CPython process walks a set of strings (or of objects that hash and compare as one string of theirs): by
 * the string's SipHash-1-3, which PYTHONHASHSEED fixes, and by who came first among those that would lie in one place.
 * CPython 3.11 and later, 64 bits: `Python/pyhash.c`, `Python/bootstrap_hash.c`, `Objects/setobject.c`.
 * @param hashSeed PYTHONHASHSEED, 0 to 4294967295
 * @returns the order of a set made of distinct names in the order given
 */
export function pythonSetOrder(hashSeed: number): (names: readonly string[]) => string[] {
  const key = hashKey(hashSeed);
  const known = new Map<string, Hashed>();
  const hashed = (name: string): Hashed => {
    let found = known.get(name);
    if (found === undefined) {
      if (known.size >= MOST_KNOWN) known.clear();
      const hash = pythonHash(name, key);
      found = { name, hash, low: Number(hash & LOW_BITS) };
      known.set(name, found);
    }
    return found;
  };
  return (names) => (names.length < 2 ? [...names] : setTable(names.map(hashed)).map(({ name }) => name));
}

/** `low`: as many bits as a table's mask ever needs, as a number. */
type Hashed = { name: string; hash: bigint; low: number };
const LOW_BITS = 0xfffffffn;
const MOST_KNOWN = 10_000;

const SMALLEST = 8;
const LINEAR_PROBES = 9;
const PERTURB_SHIFT = 5n;

/** What stands in the table, first place first, once all were added: a table grows once three fifths of it are full. */
function setTable(entries: readonly Hashed[]): Hashed[] {
  let table = emptyTable(SMALLEST);
  let used = 0;
  for (const entry of entries) {
    table[freePlace(table, entry)] = entry;
    used += 1;
    if (used * 5 < (table.length - 1) * 3) continue;
    const moved = table.filter((one) => one !== null);
    table = emptyTable(sizeAbove(used * 4));
    for (const one of moved) table[freePlace(table, one)] = one;
  }
  return table.filter((one) => one !== null);
}

const emptyTable = (size: number): (Hashed | null)[] => new Array<Hashed | null>(size).fill(null);

function sizeAbove(least: number): number {
  let size = SMALLEST;
  while (size <= least) size *= 2;
  return size;
}

function freePlace(table: readonly (Hashed | null)[], { hash, low }: Hashed): number {
  const mask = table.length - 1;
  let place = low & mask;
  let perturb = hash;
  for (;;) {
    const last = place + LINEAR_PROBES <= mask ? place + LINEAR_PROBES : place;
    for (let at = place; at <= last; at += 1) if (table[at] === null) return at;
    perturb >>= PERTURB_SHIFT;
    place = (place * 5 + 1 + Number(perturb & BigInt(mask))) & mask;
  }
}

type HashKey = { k0: bigint; k1: bigint };

/** The two words that a process hashes with: both 0 for seed 0, else from a linear congruential generator, a byte at a time. */
function hashKey(seed: number): HashKey {
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff)
    throw new RangeError(`PYTHONHASHSEED is a whole number from 0 to 4294967295, not ${seed}`);
  let state = seed;
  const word = () => {
    let value = 0n;
    for (let at = 0n; at < 64n; at += 8n) {
      state = (Math.imul(state, 214_013) + 2_531_011) >>> 0;
      value |= BigInt((state >>> 16) & 0xff) << at;
    }
    return value;
  };
  return seed === 0 ? { k0: 0n, k1: 0n } : { k0: word(), k1: word() };
}

const word64 = (value: bigint): bigint => BigInt.asUintN(64, value);

/** `hash(text)` as an unsigned word. Python never gives -1, and 0 for the empty string. */
function pythonHash(text: string, key: HashKey): bigint {
  const bytes = pythonBytes(text);
  if (bytes.length === 0) return 0n;
  const hash = sipHash13(bytes, key);
  return hash === 0xffff_ffff_ffff_ffffn ? hash - 1n : hash;
}

/** A string as CPython holds it: 1, 2 or 4 bytes a character, as many as its largest needs. */
function pythonBytes(text: string): Uint8Array {
  const points = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  const largest = Math.max(0, ...points);
  const width = largest < 0x100 ? 1 : largest < 0x10000 ? 2 : 4;
  const bytes = new Uint8Array(points.length * width);
  points.forEach((point, index) => {
    for (let at = 0; at < width; at += 1) bytes[index * width + at] = (point >>> (8 * at)) & 0xff;
  });
  return bytes;
}

function sipHash13(bytes: Uint8Array, { k0, k1 }: HashKey): bigint {
  const state: SipState = [
    k0 ^ 0x736f6d6570736575n,
    k1 ^ 0x646f72616e646f6dn,
    k0 ^ 0x6c7967656e657261n,
    k1 ^ 0x7465646279746573n,
  ];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length - (bytes.length % 8);
  for (let at = 0; at < whole; at += 8) absorb(state, view.getBigUint64(at, true));
  let last = BigInt(bytes.length & 0xff) << 56n;
  bytes.subarray(whole).forEach((byte, at) => {
    last |= BigInt(byte) << BigInt(8 * at);
  });
  absorb(state, last);
  state[2] ^= 0xffn;
  for (let round = 0; round < 3; round += 1) sipRound(state);
  return state[0] ^ state[1] ^ state[2] ^ state[3];
}

type SipState = [bigint, bigint, bigint, bigint];

function absorb(state: SipState, block: bigint): void {
  state[3] ^= block;
  sipRound(state);
  state[0] ^= block;
}

const rotated = (value: bigint, bits: bigint): bigint => word64((value << bits) | (value >> (64n - bits)));

function sipRound(state: SipState): void {
  let [v0, v1, v2, v3] = state;
  v0 = word64(v0 + v1);
  v1 = rotated(v1, 13n) ^ v0;
  v0 = rotated(v0, 32n);
  v2 = word64(v2 + v3);
  v3 = rotated(v3, 16n) ^ v2;
  v0 = word64(v0 + v3);
  v3 = rotated(v3, 21n) ^ v0;
  v2 = word64(v2 + v1);
  v1 = rotated(v1, 17n) ^ v2;
  v2 = rotated(v2, 32n);
  state[0] = v0;
  state[1] = v1;
  state[2] = v2;
  state[3] = v3;
}
