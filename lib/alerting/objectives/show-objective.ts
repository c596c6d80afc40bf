import type { Ctx } from "#lib/identity/ctx.ts";
import { measurementsOf } from "#lib/metrics/measurement.ts";
import { groupBy } from "#lib/platform/browser/group-by.ts";
import type { Tx } from "#lib/platform/db.ts";
import { notFound } from "#lib/platform/errors.ts";
import type { ObjectiveWindow } from "../browser/objective-kinds.ts";
import type { Burn, Objective, ObjectivePage, ObjectivesQuery } from "../browser/objective-schema.ts";
import { sumWindows, type WindowSums } from "./count-store.ts";
import {
  BURN_TIERS,
  type BurnTier,
  budgetLeft,
  burnRate,
  type Count,
  judgeObjective,
  judgeTier,
  LEAST_REQUESTS,
  type SeenWindows,
} from "./judge-burn.ts";
import { allObjectives, getObjective, listObjectives, namesOfScopes, type ObjectiveRecord } from "./objective-store.ts";
import { goalOf, KINDS, outcomeText, promiseText } from "./objective-words.ts";
import { STALE_MS } from "./plan-counting.ts";
import { whyUnproposed } from "./propose-for-tenants.ts";
import { rankObjectives } from "./rank-objectives.ts";

const SECONDS = [...new Set(BURN_TIERS.flatMap(({ longSeconds, shortSeconds }) => [longSeconds, shortSeconds]))];

/** Objectives, newest first, and on the first page for whom there is none; or those that are worst off. A customer sees those that are meant for them. */
export async function listObjectivePage(ctx: Ctx, query: ObjectivesQuery): Promise<ObjectivePage> {
  const now = ctx.clock.now();
  if (query.order === "worst") {
    const all = await viewObjectives(ctx.tx, await allObjectives(ctx.tx, query), now);
    return { items: rankObjectives(all).slice(0, query.limit), nextCursor: null, unproposed: [] };
  }
  const page = await listObjectives(ctx.tx, query);
  const isWhole = query.cursor === undefined && query.poolId === undefined && query.status === undefined;
  return {
    nextCursor: page.nextCursor,
    items: await viewObjectives(ctx.tx, page.items, now),
    unproposed: isWhole && ctx.scope.kind === "platform" ? await whyUnproposed(ctx.tx, query.tenantId, now) : [],
  };
}

/** @throws AppError `not_found`, also for one that the caller may not see */
export async function showObjective(ctx: Ctx, objectiveId: string): Promise<Objective> {
  const row = await getObjective(ctx.tx, objectiveId);
  const [view] = row === null ? [] : await viewObjectives(ctx.tx, [row], ctx.clock.now());
  if (view === undefined) throw notFound("objective");
  return view;
}

/** Objectives with what was counted for them, in the order given. */
export async function viewObjectives(tx: Tx, rows: readonly ObjectiveRecord[], now: Date): Promise<Objective[]> {
  if (rows.length === 0) return [];
  const names = await namesOfScopes(tx, rows);
  const ids = rows.map(({ id }) => id);
  const sums = groupBy(await sumWindows(tx, ids, SECONDS, now), ({ objectiveId }) => objectiveId);
  const isInside = tx.scope.kind === "platform";
  return rows.map((row) => {
    const own = sums.get(row.id) ?? [];
    const view = viewObjective(row, own, names.get(row.tenantId ?? row.poolId ?? "") ?? "", now);
    return isInside ? view : { ...view, burns: [] };
  });
}

function viewObjective(row: ObjectiveRecord, sums: readonly WindowSums[], name: string, now: Date): Objective {
  const { kind, target, windowDays, countedTo, tenantId, poolId } = row;
  const goal = goalOf(kind, target);
  const countOf = (seconds: number): WindowSums =>
    sums.find((sum) => sum.seconds === seconds) ?? {
      objectiveId: row.id,
      seconds,
      good: 0,
      total: 0,
      simulated: false,
      oldest: null,
    };
  const window = countOf(0);
  const unseen = whyUnseen(row, now);
  const knownSeconds = window.oldest === null ? 0 : (now.getTime() - window.oldest.getTime()) / 1000;
  const burns = BURN_TIERS.map((tier) =>
    burnOf(tier, { long: countOf(tier.longSeconds), short: countOf(tier.shortSeconds), knownSeconds }, goal, unseen),
  );
  const make = measurementsOf({ simulated: window.simulated, asOf: countedTo });
  const note =
    unseen ?? (window.total < LEAST_REQUESTS ? `Fewer than ${LEAST_REQUESTS} requests: too few to judge.` : null);
  const statuses = burns.map(({ status }) => status);
  return {
    id: row.id,
    scope: { type: tenantId === null ? "pool" : "tenant", id: tenantId ?? poolId ?? "", name },
    kind,
    title: KINDS[kind].title,
    target,
    goal,
    windowDays: windowDays as ObjectiveWindow,
    visibility: row.visibility,
    status: row.status,
    promise: promiseText(kind, target),
    outcome: outcomeText(window, goal, windowDays),
    basis: row.basis,
    state: note === null ? judgeObjective(window, goal, statuses) : "unknown",
    note,
    good: window.good,
    total: window.total,
    share: make(window.total === 0 ? null : window.good / window.total, "ratio"),
    budgetLeft: make(budgetLeft(window, goal), "ratio"),
    burns,
    decidedBy: row.decidedBy,
    decidedAt: row.decidedAt?.toISOString() ?? null,
    generation: row.generation,
  };
}

function burnOf(tier: BurnTier, seen: SeenWindows, goal: number, unseen: string | null): Burn {
  const { severity, limit, longSeconds, shortSeconds } = tier;
  const counted = ({ good, total }: Count, seconds: number) => ({
    seconds,
    good,
    total,
    rate: burnRate({ good, total }, goal),
  });
  return {
    severity,
    limit,
    long: counted(seen.long, longSeconds),
    short: counted(seen.short, shortSeconds),
    status: unseen === null ? judgeTier(tier, seen, goal) : "unknown",
  };
}

/** Why what is counted is not what is now; null = it is. */
function whyUnseen({ countedTo, status }: ObjectiveRecord, now: Date): string | null {
  if (status === "dismissed") return "It is dismissed, so nothing is counted for it.";
  if (countedTo === null) return "Its requests are not counted yet.";
  if (now.getTime() - countedTo.getTime() <= STALE_MS) return null;
  return `Its requests are counted up to ${countedTo.toISOString().slice(0, 16).replace("T", " ")} UTC only.`;
}
