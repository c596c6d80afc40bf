import { runSoak, SOAK_NAMES } from "#lib/soak/run-soak.ts";
import type { Counts } from "./count-results.ts";

/** Every soak at its full count, one after the other; each counts as one test. */
export async function runSoaks(print: (line: string) => void): Promise<Counts> {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const name of SOAK_NAMES)
    counts[(await runSoak([name], { log: print, print })) === 0 ? "passed" : "failed"] += 1;
  return counts;
}
