import type { Tx } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import { noDurations } from "#lib/requests/usage/durations.ts";
import { OBJECTIVE_KINDS, type ObjectiveKind } from "../browser/objective-kinds.ts";
import type { ObjectivePage } from "../browser/objective-schema.ts";
import { readFirstDays } from "./first-days-store.ts";
import { insertProposals, listKindsOfTenants, listWithoutObjectives, type NewObjective } from "./objective-store.ts";
import { type FirstDays, type Proposal, type Proposals, proposeObjectives } from "./propose-objectives.ts";

const NO_DAYS: FirstDays = {
  from: null,
  answered: 0,
  failed: 0,
  fellBack: 0,
  latencyMs: noDurations(),
  ttftMs: noDurations(),
};
const UNPROPOSED = 100;

/**
 * Proposes what a tenant's first days allow, of the kinds that it has no objective of, dismissed ones included. Calling it
 * again changes nothing.
 * @returns how many are new
 */
export async function proposeForTenants(tx: Tx, now: Date): Promise<number> {
  const tenants = (await listKindsOfTenants(tx)).filter(({ kinds }) => kinds.length < OBJECTIVE_KINDS.length);
  const proposals = await proposalsFor(tx, tenants, now);
  return insertProposals(
    tx,
    proposals.flatMap(({ tenant, made }) => (made.kind === "waiting" ? [] : toRows(tenant, made))),
  );
}

/** Tenants that have no objective of any kind, and why nothing is proposed. */
export async function whyUnproposed(
  tx: Tx,
  tenantId: string | undefined,
  now: Date,
): Promise<ObjectivePage["unproposed"]> {
  const proposals = await proposalsFor(tx, await listWithoutObjectives(tx, tenantId, UNPROPOSED), now);
  return proposals.map(({ tenant, made }) => ({
    tenantId: tenant.id,
    tenantName: tenant.name,
    reason: made.kind === "waiting" ? made.reason : comingReason(made.proposals),
  }));
}

const comingReason = (proposals: readonly Proposal[]): string =>
  proposals.length === 0
    ? "Its first seven days allow no promise: too much failed."
    : "Its proposals are made within a few minutes.";

type TenantKinds = { id: string; name: string; kinds: readonly ObjectiveKind[] };

async function proposalsFor<Tenant extends { id: string }>(tx: Tx, tenants: readonly Tenant[], now: Date) {
  const days = await readFirstDays(
    tx,
    tenants.map(({ id }) => id),
  );
  return tenants.map((tenant) => ({ tenant, made: proposeObjectives(days.get(tenant.id) ?? NO_DAYS, now) }));
}

const toRows = (
  { id: tenantId, kinds }: TenantKinds,
  { from, to, proposals }: Extract<Proposals, { kind: "proposed" }>,
): NewObjective[] =>
  proposals
    .filter(({ kind }) => !kinds.includes(kind))
    .map(({ kind, target, requests, observed }) => ({
      id: newId("objective"),
      tenantId,
      poolId: null,
      kind,
      target,
      windowDays: 7,
      visibility: "staff",
      status: "proposed",
      basis: { from: from.toISOString(), to: to.toISOString(), requests, observed },
      decidedBy: null,
      decidedAt: null,
    }));
