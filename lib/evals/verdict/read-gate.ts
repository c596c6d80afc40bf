import type { Ctx } from "#lib/identity/ctx.ts";
import { findEndpoint } from "#lib/registry/endpoints/endpoint-store.ts";
import { type RunSite, readSite } from "../conditions/read-site.ts";
import type { RunConditions } from "../conditions/run-conditions.ts";
import { sideConditions } from "../conditions/side-conditions.ts";
import { findExpiry, findOriginChange, findOvertaking } from "./expiry.ts";
import { type JudgedRun, type LatestVerdict, latestJudged } from "./verdict-store.ts";

/** What a version's gate says today. */
export type Gate = {
  /** Of its newest completed run; null = it was never judged. */
  verdict: LatestVerdict | null;
  /** Why the verdict no longer stands, a sentence each; empty = it stands, or there is none. */
  expired: string[];
  /** Who started the run. */
  requestedBy: string | null;
};

const NEVER: Gate = { verdict: null, expired: [], requestedBy: null };

/** For staff: what a verdict was found under is not for customers to read. */
export async function readGate(ctx: Ctx, versionId: string): Promise<Gate> {
  return (await readGates(ctx, [versionId])).get(versionId) ?? NEVER;
}

/** The same for many; versions that were never judged are left out. */
export async function readGates(ctx: Ctx, versionIds: readonly string[]): Promise<Map<string, Gate>> {
  const sites = new Map<string, RunSite>();
  const gates = new Map<string, Gate>();
  for (const run of await latestJudged(ctx.tx, versionIds)) {
    const { verdict, requestedBy } = run;
    gates.set(run.versionId, { verdict, requestedBy, expired: await expiryOf(ctx, run, sites) });
  }
  return gates;
}

async function expiryOf(ctx: Ctx, run: JudgedRun, sites: Map<string, RunSite>): Promise<string[]> {
  if (run.conditions === null) return ["What the run was asked under is not on record."];
  const site = sites.get(run.poolId) ?? (await readSite(ctx, run.poolId));
  sites.set(run.poolId, site);
  return [
    ...findExpiry({ found: run.conditions.candidate, now: conditionsToday(run, site), suite: run.suite }),
    ...findOvertaking(run),
    ...(await originExpiry(ctx, run)),
  ];
}

/** Whether the deployment of others that a run was measured against is still what it was. */
async function originExpiry(ctx: Ctx, { conditions, baselineEndpointId, adapterSlug }: JudgedRun): Promise<string[]> {
  const origin = conditions?.baseline.origin;
  if (!origin || baselineEndpointId === null) return [];
  const endpoint = await findEndpoint(ctx.tx, baselineEndpointId);
  return findOriginChange(origin, endpoint && { baseUrl: endpoint.baseUrl, model: endpoint.model ?? adapterSlug });
}

/** On the nodes that serve customers. */
const conditionsToday = ({ suite, conditions }: JudgedRun, { pool, nodes }: RunSite): RunConditions =>
  sideConditions({
    suiteHash: suite.hash,
    pool,
    nodes: nodes.filter(({ standalone, cordoned }) => !standalone && !cordoned),
    concurrency: conditions?.candidate.concurrency ?? 0,
  });
