import { parseExposition } from "#lib/telemetry/exposition/parse-exposition.ts";
import { createSeriesCache } from "#lib/telemetry/exposition/series-cache.ts";
import { metricsAt } from "./documents.ts";

/** Different documents of one node, as they follow each other. */
const DOCUMENTS = 20;
const ROUNDS = 10;

/**
 * Documents read per second of CPU time, ours and a peer's in turn. Ours knows the node's series, as in the product, and
 * every document is another text: the engine keeps nothing of it from the one before.
 */
export function measureParsing(peer: ((text: string) => unknown) | null): { ours: number; peer: number | null } {
  const documents = Array.from({ length: DOCUMENTS }, (_, turn) => metricsAt(turn));
  const cache = createSeriesCache();
  const read = (text: string) => parseExposition(text, { cache });
  perSecond(documents, read, 1);
  if (peer) perSecond(documents.slice(0, 3), peer, 1);
  return { ours: perSecond(documents, read, ROUNDS), peer: peer && perSecond(documents, peer, 1) };
}

function perSecond(documents: readonly string[], read: (text: string) => unknown, rounds: number): number {
  let micros = 0;
  for (let round = 0; round < rounds; round += 1) {
    const fresh = documents.map((text) => Buffer.from(text).toString("utf8")); // as it comes off a socket
    const before = process.cpuUsage();
    for (const text of fresh) read(text);
    const { user, system } = process.cpuUsage(before);
    micros += user + system;
  }
  return (documents.length * rounds) / (micros / 1_000_000);
}
