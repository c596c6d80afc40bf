import * as z from "zod";
import { readEveryPage } from "#lib/http/browser/every-page.ts";
import type { Page } from "#lib/http/schema.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import type { Tx } from "#lib/platform/db.ts";
import { notFound } from "#lib/platform/errors.ts";
import { readLeaseNote } from "#lib/platform/lease.ts";
import { getPool } from "#lib/pools/store.ts";
import type { FindingsQuery, PitfallFinding } from "../browser/finding-schema.ts";
import { type FindingRecord, listFindings } from "./finding-store.ts";
import { PITFALL_TITLES } from "./finding-words.ts";
import { FINDING_LOOP } from "./record-finding.ts";

const Note = z.object({ lookedAt: z.iso.datetime().nullable() });

type FindingList = Page<PitfallFinding> & { lookedAt: string | null };

/** What detectors see, the gravest first, with when they last looked. */
export async function showFindings({ tx }: Ctx, query: FindingsQuery): Promise<FindingList> {
  const page = await listFindings(tx, query);
  return { ...page, items: page.items.map(toFinding), lookedAt: await lastLookedAt(tx) };
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

/** When every pool was last looked at with success; null = never. */
export async function lastLookedAt(tx: Tx): Promise<string | null> {
  const note = Note.safeParse(await readLeaseNote(tx, FINDING_LOOP));
  return note.success ? note.data.lookedAt : null;
}

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
