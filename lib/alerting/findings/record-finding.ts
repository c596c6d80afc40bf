import type { Tx } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import type { FINDING_SEVERITIES, FINDING_SUBJECTS, FindingBody, Pitfall } from "../browser/finding-schema.ts";
import {
  clearFinding,
  type FindingRecord,
  insertFinding,
  listOpenFindings,
  openAlertFindings,
  saveFinding,
} from "./finding-store.ts";

/** The loop of the detectors, by the name of its lease. It belongs to a later room; when it last ran is noted with what it saw. */
export const FINDING_LOOP = "pitfalls";

/** A pitfall as a detector sees it now. */
export type SeenFinding = {
  pitfall: Pitfall;
  severity: (typeof FINDING_SEVERITIES)[number];
  subject: { type: (typeof FINDING_SUBJECTS)[number]; id: string; name: string };
  nodeId: string | null;
  tenantId: string | null;
  body: FindingBody;
};

/** What could not be judged, and where; nodeId null = nowhere in the pool. */
export type Blind = { pitfall: Pitfall; nodeId: string | null };

/** All that was seen of a pool at one moment. */
export type PoolCheck = {
  poolId: string;
  at: Date;
  seen: readonly SeenFinding[];
  /** What is on record of these stays as it is. */
  blind: readonly Blind[];
};

const keyOf = ({ pitfall, subject }: Pick<SeenFinding, "pitfall" | "subject">): string =>
  `${pitfall}:${subject.type}:${subject.id}`;

const isHidden = (finding: Pick<FindingRecord, "pitfall" | "nodeId">, { pitfall, nodeId }: Blind): boolean =>
  finding.pitfall === pitfall && (nodeId === null || nodeId === finding.nodeId);

/** An open alert recommends its fix, and a recommendation does not change while its alert is open. */
const isWorkedOn = (finding: Pick<FindingRecord, "id">, findingIds: readonly string[]): boolean =>
  findingIds.includes(finding.id);

/** What is seen now, with the advice that was given. */
const withAdviceOf = ({ sentence, cause, fix, forecast }: FindingBody, now: FindingBody): FindingBody => ({
  ...now,
  ...{ sentence, cause, fix, forecast },
});

/**
 * Keeps what detectors see of one pool, in the caller's transaction. It is the whole of it, not what is new: what was open
 * and is not among it clears after a while, and the same check recorded twice changes nothing.
 */
export async function recordFindings(tx: Tx, { poolId, at, seen, blind }: PoolCheck): Promise<void> {
  const open = await listOpenFindings(tx, poolId);
  const byKey = new Map(seen.map((one) => [keyOf(one), one]));
  const busy = open.length === 0 ? [] : await openAlertFindings(tx);
  for (const finding of open) {
    const now = byKey.get(finding.dedupeKey);
    byKey.delete(finding.dedupeKey);
    if (now === undefined && blind.some((one) => isHidden(finding, one))) continue;
    const step = stepFinding(finding, now !== undefined, at);
    if (step.kind === "clear") await clearFinding(tx, finding.id, at);
    else if (step.kind === "wait") await saveFinding(tx, finding.id, { goodSince: step.goodSince });
    else if (now !== undefined) {
      const { severity, subject } = now;
      const body = isWorkedOn(finding, busy) ? withAdviceOf(finding.body, now.body) : now.body;
      await saveFinding(tx, finding.id, { severity, body, subjectName: subject.name, lastSeenAt: at, goodSince: null });
    }
  }
  for (const [dedupeKey, { pitfall, severity, subject, nodeId, tenantId, body }] of byKey)
    await insertFinding(tx, {
      id: newId("finding"),
      pitfall,
      severity,
      dedupeKey,
      subjectType: subject.type,
      subjectId: subject.id,
      subjectName: subject.name,
      poolId,
      nodeId,
      tenantId,
      body,
      firstSeenAt: at,
      lastSeenAt: at,
    });
}

/** An open finding, as far as its clearing goes. */
type OpenFinding = { goodSince: Date | null };

type FindingStep =
  | { kind: "seen" }
  /** It was not seen, but not for long enough to call it over. */
  | { kind: "wait"; goodSince: Date }
  | { kind: "clear" };

/** A finding clears once nobody saw it for this long: a quiet minute between two bursts is no cure. */
const CLEARS_AFTER_MS = 3 * 60_000;

/** What becomes of an open finding at a check that could judge it. */
function stepFinding({ goodSince }: OpenFinding, isSeen: boolean, now: Date): FindingStep {
  if (isSeen) return { kind: "seen" };
  const since = goodSince ?? now;
  return now.getTime() - since.getTime() >= CLEARS_AFTER_MS ? { kind: "clear" } : { kind: "wait", goodSince: since };
}
