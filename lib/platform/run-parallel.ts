import type { Tx } from "./db.ts";

/**
 * Reads that need not wait for each other: at the same time where each finds a connection of its own, one after the other in
 * a transaction, whose connection takes one statement at a time.
 * @throws the first error; what the others read is not waited for
 */
export async function runParallel<const Results extends readonly unknown[]>(
  { hasOneConnection }: Tx,
  ...reads: { [Place in keyof Results]: () => Promise<Results[Place]> }
): Promise<Results> {
  if (!hasOneConnection) return (await Promise.all(reads.map((read) => read()))) as unknown as Results;
  const results: unknown[] = [];
  for (const read of reads) results.push(await read());
  return results as unknown as Results;
}
