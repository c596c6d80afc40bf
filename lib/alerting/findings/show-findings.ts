import * as z from "zod";
import { readEveryPage } from "#lib/http/browser/every-page.ts";
import type { Page } from "#lib/http/schema.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import type { Tx } from "#lib/platform/db.ts";
import { notFound } from "#lib/platform/errors.ts";
import { readLeaseNote } from "#lib/platform/lease.ts";
import { getPool } from "#lib/pools/store.ts";
import type { FindingsQuery, Pitfall, PitfallFinding } from "../browser/finding-schema.ts";
import { type FindingRecord, listFindings } from "./finding-store.ts";
import { FINDING_LOOP } from "./record-finding.ts";

const Note = z.object({ lookedAt: z.iso.datetime().nullable() });

type FindingList = Page<PitfallFinding> & { lookedAt: string | null };

/** What detectors see, the gravest first, with when they last ran. */
export async function showFindings({ tx }: Ctx, query: FindingsQuery): Promise<FindingList> {
  const page = await listFindings(tx, query);
  return { ...page, items: page.items.map(toFinding), lookedAt: await lastCheckedAt(tx) };
}

/** The same of one pool. @throws AppError `not_found` */
export async function showPoolFindings(ctx: Ctx, poolId: string, query: FindingsQuery): Promise<FindingList> {
  if ((await getPool(ctx.tx, poolId)) === null) throw notFound("pool");
  return showFindings(ctx, { ...query, poolId });
}

/** Everything that is open, the gravest first. */
export async function openFindings({ tx }: Ctx): Promise<PitfallFinding[]> {
  return (await readEveryPage((page) => listFindings(tx, { state: "open", ...page }))).map(toFinding);
}

/** When every pool was last checked with success; null = never. */
export async function lastCheckedAt(tx: Tx): Promise<string | null> {
  const note = Note.safeParse(await readLeaseNote(tx, FINDING_LOOP));
  return note.success ? note.data.lookedAt : null;
}

/** What each pitfall is called on screens. */
const PITFALL_TITLES: Record<Pitfall, string> = {
  eviction_thrash: "Eviction thrash",
  rank_padding: "Rank padding",
  answer_change: "Answer change",
  cpu_starvation: "CPU cache starvation",
  mismatch: "Base or tokenizer mismatch",
  batch_composition: "Batch composition",
  missing_fallback: "Missing fallback",
};

/** A finding as the API shows it. */
export function toFinding(finding: FindingRecord): PitfallFinding {
  const { id, pitfall, severity, subjectType, subjectId, subjectName, poolId, nodeId, tenantId, body } = finding;
  return {
    ...body,
    id,
    pitfall,
    title: PITFALL_TITLES[pitfall],
    severity,
    subject: { type: subjectType as PitfallFinding["subject"]["type"], id: subjectId, name: subjectName },
    poolId,
    nodeId,
    tenantId,
    firstSeenAt: finding.firstSeenAt.toISOString(),
    lastSeenAt: finding.lastSeenAt.toISOString(),
    clearedAt: finding.clearedAt?.toISOString() ?? null,
  };
}
