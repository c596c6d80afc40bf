import type { Database } from "#lib/platform/db.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { KEPT_DAYS } from "../../browser/recording-limits.ts";
import type { Prepared } from "./prepare-recorded.ts";
import { insertRecorded } from "./recorded-store.ts";
import { type Counted, endOpenRecording, lockOpenRecording, type RecordingRow, saveCounts } from "./recording-store.ts";

const DAY_MS = 86_400_000;
/** Who ends a recording that is full. */
const RECORDER = "the gateway";

/**
 * Keeps what was prepared of a request, or counts why it is none; nothing of a recording that has ended by then.
 * The last one that was allowed ends it.
 */
export async function keepRecorded(
  db: Database,
  seen: { recordingId: string; versionId: string; askedAt: Date; prepared: Prepared },
  now: Date,
): Promise<void> {
  await db.write(platformScope, async (tx) => {
    const recording = await lockOpenRecording(tx, seen.recordingId, now);
    if (recording === null || recording.kept >= recording.most) return;
    const { prepared, askedAt, versionId } = seen;
    if (!prepared.ok) return saveCounts(tx, recording.id, counted(recording, prepared.reason));
    const { id: recordingId, tenantId, adapterId, most } = recording;
    const isNew = await insertRecorded(tx, {
      recordingId,
      tenantId,
      adapterId,
      versionId,
      askedAt,
      deleteAt: new Date(askedAt.getTime() + KEPT_DAYS * DAY_MS),
      category: prepared.prompt.category,
      prompt: prepared.prompt,
      fingerprint: prepared.fingerprint,
    });
    const after = counted(recording, isNew ? "kept" : "repeated");
    await saveCounts(tx, recordingId, after);
    if (after.kept >= most)
      await endOpenRecording(tx, adapterId, {
        endedAt: now,
        endedBy: RECORDER,
        endedByCustomer: false,
        endReason: "full",
      });
  });
}

type Became = "kept" | "repeated" | Extract<Prepared, { ok: false }>["reason"];

function counted({ looked, kept, repeated, unusable }: RecordingRow, became: Became): Counted {
  const counts = { looked: looked + 1, kept, repeated, unusable };
  if (became === "kept") return { ...counts, kept: kept + 1 };
  if (became === "repeated") return { ...counts, repeated: repeated + 1 };
  return { ...counts, unusable: { ...unusable, [became]: (unusable[became] ?? 0) + 1 } };
}
