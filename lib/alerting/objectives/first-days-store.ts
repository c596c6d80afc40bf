import type { Tx } from "#lib/platform/db.ts";
import { readStored } from "#lib/requests/usage/durations.ts";
import { firstUsageOfTenants, readUsageSums } from "#lib/requests/usage/usage-sums-store.ts";
import { PROPOSAL_DAYS } from "../browser/objective-kinds.ts";
import type { FirstDays } from "./propose-objectives.ts";

/** What gateways counted of each tenant's first days; usage is kept longer than anybody waits for a proposal. */
export async function readFirstDays(tx: Tx, tenantIds: readonly string[]): Promise<Map<string, FirstDays>> {
  const found = new Map<string, FirstDays>();
  const begins = new Map<number, string[]>();
  for (const { tenantId, at } of await firstUsageOfTenants(tx, tenantIds))
    begins.set(at.getTime(), [...(begins.get(at.getTime()) ?? []), tenantId]);
  for (const [begin, ids] of begins) {
    const range = { from: new Date(begin), to: new Date(begin + PROPOSAL_DAYS * 86_400_000) };
    const sums = await readUsageSums(tx, {
      ...{ ...range, tenantIds: ids, stepSeconds: null, by: ["tenant"], with: ["latency", "ttft"] },
    });
    for (const { keys, answered, failed, fallbacks, stored } of sums)
      found.set(keys[0] ?? "", {
        ...{ from: range.from, answered, failed, fellBack: fallbacks },
        ...{ latencyMs: readStored(stored.latency), ttftMs: readStored(stored.ttft) },
      });
  }
  return found;
}
