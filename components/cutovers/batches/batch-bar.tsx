import type { Batch } from "#lib/cutover/browser/batch-schema.ts";
import { totalOf } from "./batch-words.ts";

const PARTS = [
  ["completed", "bg-ok", "completed"],
  ["failed", "bg-bad", "failed"],
  ["running", "bg-busy", "running"],
  ["skipped", "bg-off", "skipped"],
] as const;

/** How far a batch is, as a bar and in words. */
export function BatchBar({ batch }: { batch: Batch }) {
  const { counts } = batch;
  const total = totalOf(batch);
  const ended = counts.completed + counts.failed + counts.skipped;
  const words = PARTS.flatMap(([state, , word]) => (counts[state] > 0 ? [`${counts[state]} ${word}`] : []));
  const waiting = counts.waiting > 0 ? [`${counts.waiting} waiting`] : [];
  const summary = `${ended} of ${total} ended: ${[...words, ...waiting].join(", ")}`;
  return (
    <div className="flex flex-col gap-1">
      <div
        role="progressbar"
        aria-label="Finished rows of the batch"
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={ended}
        aria-valuetext={summary}
        className="flex h-2 overflow-hidden rounded-full bg-off-tint"
      >
        {PARTS.map(([state, colour]) => (
          <span key={state} className={colour} style={{ width: `${(counts[state] / Math.max(1, total)) * 100}%` }} />
        ))}
      </div>
      <p className="text-sm text-fg-2 tabular-nums">{summary}</p>
    </div>
  );
}
