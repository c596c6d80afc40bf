import type { Blind, SeenFinding } from "#lib/alerting/findings/record-finding.ts";
import type { Measurement } from "#lib/http/schema.ts";
import { measurementsOf } from "#lib/metrics/measurement.ts";
import type { NodeFacts, PoolFacts } from "./pool-facts.ts";

/** What a detector came to: what it sees, and where it could not check. */
export type Judgement = { seen: SeenFinding[]; blind: Blind[] };

export const NOTHING_SEEN: Judgement = { seen: [], blind: [] };

export const poolSubject = ({ pool }: PoolFacts): Pick<SeenFinding, "subject" | "nodeId" | "tenantId"> => ({
  subject: { type: "pool", id: pool.id, name: pool.name },
  nodeId: null,
  tenantId: null,
});

export const nodeSubject = ({ id, name }: NodeFacts): Pick<SeenFinding, "subject" | "nodeId" | "tenantId"> => ({
  subject: { type: "node", id, name },
  nodeId: id,
  tenantId: null,
});

/** Facts of the catalog, which no simulation bears: they are what somebody set or what is stored. */
export const fromCatalog = (value: number | null, unit: string, now: Date): Measurement =>
  measurementsOf({ simulated: false, asOf: now })(value, unit);
