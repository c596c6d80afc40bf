import type { Pace, Run, RunDetail, RunProgress, Speed } from "#lib/evals/schema.ts";
import type { Measurement } from "#lib/http/schema.ts";
import { AsOf, useStale } from "../ui/as-of.tsx";
import { Card, Notice } from "../ui/card.tsx";
import { formatCount, THIN_SPACE } from "../ui/format.ts";
import { formatDuration } from "../ui/format-time.ts";
import { MeasurementView } from "../ui/measurement.tsx";
import { ProgressBar } from "../ui/progress-bar.tsx";
import { ProvenanceMark } from "../ui/provenance.tsx";
import { Time } from "../ui/time.tsx";

/** How often an open run is read. */
export const RUN_REFRESH_MS = 2000;

/** How far a run is, what it waits for, how fast it goes; until it has ended. */
export function RunLive({ run, readAt }: { run: RunDetail; readAt: string | null }) {
  const isStale = useStale(readAt, RUN_REFRESH_MS);
  return (
    <Card
      title={titleOf(run)}
      aside={<AsOf at={readAt} intervalMs={RUN_REFRESH_MS} />}
      stale={isStale}
      footer="Prompts with different answers are rerun, so the number of replies may still grow."
    >
      <div className="flex flex-col gap-4">
        <Waiting run={run} />
        <div className="flex flex-col gap-1">
          <ProgressBar label="Replies" value={run.samplesDone} of={run.samplesTotal} />
          <p className="flex flex-wrap gap-x-4 text-sm text-fg-2" role="status">
            <span className="tabular-nums">
              {formatCount(run.samplesDone)} of {formatCount(run.samplesTotal)} replies
            </span>
            <PaceLine run={run} />
            <LatestEnd run={run} />
          </p>
        </div>
        {run.progress.length > 0 && <Sides progress={run.progress} />}
      </div>
    </Card>
  );
}

function titleOf(run: Run): string {
  if (run.pausedAt) return "Paused";
  if (run.state === "queued") return "Queued";
  return run.yieldingSince ? "Waiting for customer requests" : "Running";
}

/** What it says of itself, with since when. */
function Waiting({ run }: { run: Run }) {
  if (run.pausedAt)
    return (
      <Notice tone="warn">
        Paused by {run.pausedBy ?? "someone"} <Time at={run.pausedAt} />. The run sends no prompts until it is resumed;
        replies so far are kept.
      </Notice>
    );
  if (run.message === null) return null;
  return (
    <Notice tone="busy">
      {run.message}
      {run.yieldingSince && (
        <>
          {" "}
          Since <Time at={run.yieldingSince} as="absolute" />.
        </>
      )}
    </Notice>
  );
}

function PaceLine({ run }: { run: RunDetail }) {
  if (run.state !== "running" || run.pausedAt) return null;
  if (run.pace === null) return <span>Time left: unknown until 20 replies arrive</span>;
  return (
    <>
      <MeasurementView
        value={run.pace.callsPerMinute}
        note="Replies over the last 5 minutes, or since the run resumed."
      />
      <span className="inline-flex items-center gap-1">
        {timeLeft(run.pace)}
        <ProvenanceMark origin={run.pace.leastLeft} note="Time left at the fastest and slowest minute of the last 5." />
      </span>
    </>
  );
}

/** The bound that holds whatever the pace is now. */
function LatestEnd({ run }: { run: RunDetail }) {
  const { speed } = run;
  if (!speed?.latestLeft) return null;
  const left = span(speed.latestLeft);
  return left === null ? null : (
    <span className="inline-flex items-center gap-1">
      {run.state === "queued" ? `At most ${left} once it starts` : `At most ${left}`} while no customer request waits
      <ProvenanceMark
        origin={speed.latestLeft}
        note={`Customer requests have priority: beside them, evaluations get 10 % of each node's time. ${nodeCount(speed)}, ${span(speed.service) ?? "unknown"} for each reply. The run pauses while customer requests wait in the pool's queue.`}
      />
    </span>
  );
}

const nodeCount = ({ nodes }: Speed): string => (nodes === 1 ? "1 node" : `${nodes} nodes`);

const span = ({ value }: Measurement): string | null => (value === null ? null : formatDuration(value));

/** "≈ 4 min to 9 min left"; a run that stood still in between may take any time. */
export function timeLeft({ leastLeft, mostLeft }: Pick<Pace, "leastLeft" | "mostLeft">): string {
  const [least, most] = [span(leastLeft), span(mostLeft)];
  if (least === null) return "Time left: unknown, no recent replies";
  if (most === null) return `≈${THIN_SPACE}${least} left or more`;
  return least === most ? `≈${THIN_SPACE}${least} left` : `≈${THIN_SPACE}${least} to ${most} left`;
}

const SIDE_WORDS = { baseline: "Baseline", candidate: "Candidate", baseline_repeat: "Baseline again" } as const;
const MODE_WORDS = { greedy: "greedy", sampled: "sampled" } as const;

/** One bar for each side and mode, in the order they are asked. */
function Sides({ progress }: { progress: readonly RunProgress[] }) {
  return (
    <ul className="grid gap-x-6 gap-y-2 text-sm sm:grid-cols-2">
      {progress.map(({ side, mode, asked, of, askedAgain }) => {
        const name = `${SIDE_WORDS[side]}, ${MODE_WORDS[mode]}`;
        return (
          <li key={name} className="grid grid-cols-[10rem_minmax(0,1fr)] items-center gap-x-3">
            <span>{name}</span>
            <ProgressBar label={name} value={asked} of={of} />
            <span className="col-start-2 text-xs text-fg-3 tabular-nums">
              {formatCount(asked)} of {formatCount(of)}
              {askedAgain > 0 && `, ${askedAgain} more rerun`}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
