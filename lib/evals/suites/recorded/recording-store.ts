import type { Tx } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import { tenantWhere } from "#lib/platform/scope.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { Recording, RecordingEnd } from "../../browser/recording-schema.ts";

export type RecordingRow = Omit<Prisma.RecordingGetPayload<Record<never, never>>, "endReason" | "unusable"> & {
  endReason: RecordingEnd | null;
  unusable: Recording["unusable"];
};

const toRow = (row: Prisma.RecordingGetPayload<Record<never, never>>): RecordingRow => ({
  ...row,
  endReason: row.endReason as RecordingEnd | null,
  unusable: row.unusable as Recording["unusable"],
});

/** The one that is open, else the last. */
export async function currentRecording(tx: Tx, adapterId: string): Promise<RecordingRow | null> {
  const row = await tx.client.recording.findFirst({
    where: { AND: [{ adapterId }, tenantWhere(tx.scope)] },
    orderBy: [{ startedAt: "desc" }],
  });
  return row && toRow(row);
}

export type NewRecording = Pick<
  RecordingRow,
  "tenantId" | "adapterId" | "perCent" | "most" | "words" | "startedBy" | "startedAt" | "until"
>;

/** @returns null when one is open. Only a customer's own transaction may: the database refuses the platform */
export async function insertRecording(tx: Tx, recording: NewRecording): Promise<string | null> {
  const id = newId("recording");
  const rows = await tx.client.recording.createManyAndReturn({
    data: [{ id, ...recording, openFor: recording.adapterId }],
    skipDuplicates: true,
    select: { id: true },
  });
  return rows.length === 1 ? id : null;
}

/** Ends the one that is open, if one is. */
export async function endOpenRecording(
  tx: Tx,
  adapterId: string,
  end: { endedAt: Date; endedBy: string; endedByCustomer: boolean; endReason: RecordingEnd },
): Promise<void> {
  const where = { AND: [{ adapterId, endedAt: null }, tenantWhere(tx.scope)] };
  await tx.client.recording.updateMany({ where, data: { ...end, openFor: null } });
}

/**
 * Locks the recording for this transaction, so that nothing is kept of one that ends meanwhile.
 * @returns null when it has ended
 */
export async function lockOpenRecording(tx: Tx, recordingId: string, now: Date): Promise<RecordingRow | null> {
  await tx.client.$queryRaw`SELECT 1 FROM "Recording" WHERE "id" = ${recordingId} FOR UPDATE`;
  const row = await tx.client.recording.findFirst({ where: { id: recordingId, endedAt: null, until: { gt: now } } });
  return row && toRow(row);
}

export type Counted = Pick<RecordingRow, "looked" | "kept" | "repeated" | "unusable">;

export async function saveCounts(tx: Tx, recordingId: string, counted: Counted): Promise<void> {
  await tx.client.recording.update({ where: { id: recordingId }, data: counted, select: { id: true } });
}

/** Ends those whose time is over or whose tenant leaves. @returns how many */
export async function endDueRecordings(tx: Tx, now: Date, endedBy: string): Promise<number> {
  const due = [
    { where: { until: { lte: now } }, endReason: "over" },
    { where: { tenant: { status: "offboarding" } }, endReason: "off_boarded" },
  ] as const;
  let ended = 0;
  for (const { where, endReason } of due) {
    const data = { endedAt: now, endedBy, endReason, openFor: null };
    ended += (await tx.client.recording.updateMany({ where: { endedAt: null, ...where }, data })).count;
  }
  return ended;
}
