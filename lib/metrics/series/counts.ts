import type { ByteReader, ByteWriter } from "./bytes.ts";

/** Most buckets are empty: those that are not, each with how many empty ones lie before it. */
export function writeCounts(out: ByteWriter, counts: readonly number[]): void {
  let filled = 0;
  for (const count of counts) if (count !== 0) filled += 1;
  out.varint(filled);
  let empty = 0;
  for (const count of counts) {
    if (count === 0) {
      empty += 1;
      continue;
    }
    out.varint(empty);
    out.number(count);
    empty = 0;
  }
}

/**
 * @param counts of all buckets, the last one above all bounds: written over
 * @throws PackError when more are told of
 */
export function readCounts(input: ByteReader, counts: number[]): number[] {
  counts.fill(0);
  let at = -1;
  for (let left = input.varint(); left > 0; left -= 1) {
    at += 1 + input.varint();
    if (at >= counts.length) throw input.error("a histogram has more buckets than bounds");
    counts[at] = input.number();
  }
  return counts;
}

/** Reads past counts that nobody asked for. */
export function skipCounts(input: ByteReader): void {
  for (let left = input.varint(); left > 0; left -= 1) {
    input.varint();
    input.number();
  }
}
