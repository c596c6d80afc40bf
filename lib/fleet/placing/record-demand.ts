import type { Tx } from "#lib/platform/db.ts";
import { saveDemand } from "./demand-store.ts";
import type { Demand } from "./expected-hot.ts";

/** What an adapter was asked for over the last minutes. */
export type ObservedDemand = Demand & { adapterId: string };

/**
 * Keeps what each adapter is asked for, for its placement and the order after a restart. What was kept is replaced only
 * by something noticeably different, or after some hours: so noise reaches no plan, and an idle fleet writes nothing.
 * Adapters that were not seen count as asked for nothing. One statement.
 * @returns how many adapters' demand was written
 */
export const recordDemand = (tx: Tx, seen: readonly ObservedDemand[], now: Date): Promise<number> =>
  saveDemand(tx, seen, now);
