import type { Run } from "#lib/evals/schema.ts";
import { formatCount } from "../ui/format.ts";
import { Status } from "../ui/status.tsx";

/** A run's verdict, or how far it is. */
export function VerdictStatus({ run, tinted = false }: { run: Run; tinted?: boolean }) {
  const common = { of: "verdict" as const, tinted };
  if (run.verdict) return <Status {...common} is={run.verdict.outcome} />;
  if (run.state === "running")
    return (
      <Status
        {...common}
        is="running"
        reason={run.pausedAt ? "paused" : `${formatCount(run.samplesDone)} of ${formatCount(run.samplesTotal)}`}
      />
    );
  if (run.state === "queued") return <Status {...common} is="queued" />;
  if (run.state === "cancelled") return <Status {...common} is="cancelled" />;
  return <Status {...common} is="inconclusive" />;
}
