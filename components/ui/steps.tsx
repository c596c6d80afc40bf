import type { ReactNode } from "react";
import { cn } from "./cn.ts";
import { StatusShape } from "./status.tsx";
import type { StateRole } from "./status-words.ts";
import { Time } from "./time.tsx";

/** The six steps of `nextStep(tenant)`. */
export const JOURNEY_STEPS = ["Files", "Checks", "Loaded", "Gate", "Cutover", "Live"] as const;

export type StepOwner = "you" | "customer" | "switchyard";

const MOVE: Record<StepOwner, string> = {
  you: "your move",
  customer: "customer's move",
  switchyard: "Switchyard's move",
};

type StepsProps = {
  /** The step it stands at, from 1; one more than there are steps means all are done. */
  step: number;
  /** How it stands there: on its way, waiting for someone, or refused. */
  state: Extract<StateRole, "busy" | "warn" | "bad" | "ok">;
  owner?: StepOwner;
  /** ISO time since when it has stood there. */
  since?: string | null;
  /** A few words: "regression 1.5 %". */
  note?: ReactNode;
  labels?: readonly string[];
  /** "compact" is one line for tables and phones. */
  size?: "full" | "compact";
};

type Phase = "done" | "current" | "todo";
const phaseOf = (index: number, step: number): Phase =>
  index + 1 < step ? "done" : index + 1 === step ? "current" : "todo";

const BAR: Record<StepsProps["state"], string> = { busy: "bg-busy", warn: "bg-warn", bad: "bg-bad", ok: "bg-ok" };
const PHASE_WORD: Record<Phase, string> = { done: "done", current: "now", todo: "to come" };

function Standing({ owner, since, note }: Pick<StepsProps, "owner" | "since" | "note">) {
  return (
    <>
      {owner && <span>{MOVE[owner]}</span>}
      {since && (
        <span>
          {owner && " · "}
          <Time at={since} as="age" />
        </span>
      )}
      {note && (
        <span>
          {(owner || since) && " · "}
          {note}
        </span>
      )}
    </>
  );
}

function CompactSteps({ step, state, labels = JOURNEY_STEPS, ...standing }: StepsProps) {
  const isDone = step > labels.length;
  const name = labels[Math.min(step, labels.length) - 1];
  return (
    <span className="inline-flex min-w-0 items-center gap-2 whitespace-nowrap text-sm">
      <span aria-hidden="true" className="inline-flex items-center gap-0.5">
        {labels.map((label, index) => {
          const phase = phaseOf(index, step);
          return (
            <span
              key={label}
              className={cn(
                "w-3 rounded-full",
                phase === "current" ? cn("h-2", BAR[state]) : "h-1",
                phase === "done" && "bg-fg-3",
                phase === "todo" && "bg-line",
              )}
            />
          );
        })}
      </span>
      <span className="sr-only">
        {isDone ? `All ${labels.length} steps done. ` : `Step ${step} of ${labels.length}: `}
      </span>
      <span>{name}</span>
      <span className="truncate text-fg-3">
        <Standing {...standing} />
      </span>
    </span>
  );
}

/** Where an onboarding or a cutover stands, whose move it is and for how long. */
export function Steps(props: StepsProps) {
  const { step, state, labels = JOURNEY_STEPS, size = "full", owner, since, note } = props;
  if (size === "compact") return <CompactSteps {...props} />;
  return (
    <>
      <div className="sm:hidden">
        <CompactSteps {...props} />
      </div>
      <ol className="hidden sm:flex">
        {labels.map((label, index) => {
          const phase = phaseOf(index, step);
          return (
            <li
              key={label}
              aria-current={phase === "current" ? "step" : undefined}
              className="flex min-w-0 flex-1 flex-col gap-1.5 pe-2 last:pe-0"
            >
              <span
                aria-hidden="true"
                className={cn(
                  "h-1 rounded-full",
                  phase === "done" && "bg-fg-3",
                  phase === "todo" && "bg-line",
                  phase === "current" && BAR[state],
                )}
              />
              <span
                className={cn(
                  "flex items-center gap-1.5 text-sm",
                  phase === "current" ? "font-medium" : "text-fg-2",
                  phase === "todo" && "text-fg-3",
                )}
              >
                {phase === "done" && <DoneMark />}
                {phase === "current" && <StatusShape state={state} />}
                {label}
                <span className="sr-only">, {PHASE_WORD[phase]}</span>
              </span>
              {phase === "current" && (
                <span className="text-xs text-fg-2">
                  <Standing owner={owner} since={since} note={note} />
                </span>
              )}
            </li>
          );
        })}
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
