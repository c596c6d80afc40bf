import type { ReactNode } from "react";
import type { NextStep } from "#lib/journey/schema.ts";
import { cn } from "./cn.ts";
import { StatusShape } from "./status.tsx";
import type { StateRole } from "./status-words.ts";
import { Time } from "./time.tsx";

/** The steps of `nextStep(tenant)`, in order. */
export const JOURNEY_STEPS: readonly StepLabel[] = [
  { id: "files", label: "Files" },
  { id: "checks", label: "Checks" },
  { id: "loaded", label: "Loaded" },
  { id: "gate", label: "Gate" },
  { id: "cutover", label: "Cutover" },
  { id: "live", label: "Live" },
];

export type StepLabel = {
  id: string;
  label: string;
  /** How long it took, once it is over: "12 min". */
  took?: string | undefined;
};

type StepsProps = Pick<NextStep, "state"> & {
  /** The step it stands at; at the last one with state `done`, all are done. */
  step: string;
  whoseMove?: NextStep["whoseMove"];
  /** ISO time since when it has stood there. */
  since?: string | null;
  /** A few words: "regression 1.5 %". */
  note?: ReactNode;
  /** Another track than the journey, such as a cutover's phases. */
  steps?: readonly StepLabel[];
  /** "compact" is one line for tables and phones. */
  size?: "full" | "compact";
};

type Phase = "done" | "current" | "todo";

const ROLE: Record<NextStep["state"], StateRole> = {
  done: "ok",
  busy: "busy",
  waiting: "warn",
  blocked: "bad",
  rolled_back: "bad",
};
const BAR: Record<NextStep["state"], string> = {
  done: "bg-ok",
  busy: "bg-busy",
  waiting: "bg-warn",
  blocked: "bg-bad",
  rolled_back: "bg-bad",
};
const PHASE_WORD: Record<Phase, string> = { done: "done", current: "now", todo: "upcoming" };
const MOVE: Record<NonNullable<StepsProps["whoseMove"]>, string | null> = {
  you: "waiting for you",
  admin: "waiting for an admin",
  provider: "waiting for your provider",
  customer: "waiting for the customer",
  switchyard: "Switchyard is working",
  nobody: null,
};

/** Each step with its phase; everything before the present one is done. */
const trackOf = ({ steps = JOURNEY_STEPS, step, state }: StepsProps): (StepLabel & { phase: Phase })[] => {
  const at = steps.findIndex((each) => each.id === step);
  const firstOpen = state === "done" ? at + 1 : at;
  return steps.map((each, index) => ({
    ...each,
    phase: index < firstOpen ? "done" : index === at ? "current" : "todo",
  }));
};

function Standing({ whoseMove, since, note }: Pick<StepsProps, "whoseMove" | "since" | "note">) {
  const move = whoseMove === undefined ? null : MOVE[whoseMove];
  return (
    <>
      {move}
      {since && (
        <>
          {move && " · "}
          <Time at={since} as="age" />
        </>
      )}
      {note && (
        <>
          {(move || since) && " · "}
          {note}
        </>
      )}
    </>
  );
}

function CompactSteps(props: StepsProps) {
  const track = trackOf(props);
  const at = track.findIndex((each) => each.phase === "current");
  const current = track[at] ?? track.at(-1);
  return (
    <span className="inline-flex min-w-0 max-w-full items-center gap-2 whitespace-nowrap align-middle text-sm">
      <span aria-hidden="true" className="inline-flex shrink-0 items-center gap-0.5">
        {track.map(({ id, phase }) => (
          <span
            key={id}
            className={cn(
              "w-3 rounded-full",
              phase === "current" ? cn("h-2", BAR[props.state]) : "h-1",
              phase === "done" && "bg-fg-3",
              phase === "todo" && "bg-line",
            )}
          />
        ))}
      </span>
      <span className="sr-only">
        {at === -1 ? `All ${track.length} steps done: ` : `Step ${at + 1} of ${track.length}: `}
      </span>
      <span>{current?.label}</span>
      <span className="truncate text-fg-3">
        <Standing {...props} />
      </span>
    </span>
  );
}

function FullStep({ label, phase, took, ...props }: StepsProps & StepLabel & { phase: Phase }) {
  const isCurrent = phase === "current";
  return (
    <li aria-current={isCurrent ? "step" : undefined} className="flex min-w-0 flex-1 flex-col gap-1.5">
      <span
        aria-hidden="true"
        className={cn("h-1 rounded-full", isCurrent ? BAR[props.state] : phase === "done" ? "bg-fg-3" : "bg-line")}
      />
      <span
        className={cn(
          "flex items-center gap-1.5 text-sm",
          isCurrent ? "font-medium" : phase === "done" ? "text-fg-2" : "text-fg-3",
        )}
      >
        {phase === "done" && <DoneMark />}
        {isCurrent && <StatusShape state={ROLE[props.state]} />}
        {label}
        <span className="sr-only">, {PHASE_WORD[phase]}</span>
      </span>
      {isCurrent && (
        <span className="text-xs text-fg-2">
          <Standing {...props} />
        </span>
      )}
      {phase === "done" && took && <span className="text-xs text-fg-3">{took}</span>}
    </li>
  );
}

/** Where an onboarding or a cutover stands, whose move it is and for how long: `<Steps {...tenant.nextStep} />`. */
export function Steps({ size = "full", ...props }: StepsProps) {
  if (size === "compact") return <CompactSteps {...props} />;
  return (
    <>
      <div className="sm:hidden">
        <CompactSteps {...props} />
      </div>
      <ol className="hidden gap-1.5 sm:flex">
        {trackOf(props).map((each) => (
          <FullStep key={each.id} {...props} {...each} />
        ))}
      </ol>
    </>
  );
}

function DoneMark() {
  return (
    <svg viewBox="0 0 12 12" aria-hidden="true" className="size-3 shrink-0 text-fg-3">
      <path
        d="m2.5 6.5 2.5 2.5 4.5-5.5"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
