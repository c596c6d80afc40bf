import type { SampleStatus } from "#lib/evals/schema.ts";
import { ByPlace } from "../../ui/by-place.tsx";
import { StatusShape } from "../../ui/status.tsx";
import type { StateRole } from "../../ui/status-words.ts";

export const STATUS_ROLE: Record<SampleStatus, StateRole> = { pass: "ok", wrong: "bad", invalid: "unknown" };
export const STATUS_WORD: Record<SampleStatus, string> = { pass: "right", wrong: "wrong", invalid: "invalid" };

/** "Candidate: 4 right, 2 wrong" */
export function describeTakes(side: string, statuses: readonly SampleStatus[]): string {
  if (statuses.length === 0) return `${side}: not run yet`;
  const counts = (["pass", "wrong", "invalid"] as const).flatMap((status) => {
    const count = statuses.filter((each) => each === status).length;
    return count === 0 ? [] : [`${count} ${STATUS_WORD[status]}`];
  });
  return `${side}: ${counts.join(", ")}`;
}

/** One mark for each time a side was asked, in order; a shape as well as a colour. */
export function TakeStrip({ side, statuses }: { side: string; statuses: readonly SampleStatus[] }) {
  const label = describeTakes(side, statuses);
  if (statuses.length === 0)
    return (
      <span className="text-fg-3">
        <span aria-hidden="true">–</span>
        <span className="sr-only">{label}</span>
      </span>
    );
  return (
    <span role="img" aria-label={label} title={label} className="inline-flex flex-wrap items-center gap-0.5">
      <ByPlace items={statuses}>{(status) => <StatusShape state={STATUS_ROLE[status]} />}</ByPlace>
    </span>
  );
}
