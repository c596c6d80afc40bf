import type { ReactNode } from "react";
import { cn } from "./cn.ts";
import { THIN_SPACE } from "./format.ts";
import { type AnyStatus, type StateRole, statusWord } from "./status-words.ts";
import { Time } from "./time.tsx";

const TEXT: Record<StateRole, string> = {
  ok: "text-ok",
  busy: "text-busy",
  warn: "text-warn",
  bad: "text-bad",
  off: "text-off",
  unknown: "text-off",
};

const TINT: Record<StateRole, string> = {
  ok: "bg-ok-tint text-ok",
  busy: "bg-busy-tint text-busy",
  warn: "bg-warn-tint text-warn",
  bad: "bg-bad-tint text-bad",
  off: "bg-off-tint text-off",
  unknown: "hatch bg-off-tint text-off",
};

const SHAPE: Record<StateRole, ReactNode> = {
  ok: <circle cx="6" cy="6" r="4" fill="currentColor" />,
  busy: (
    <g fill="none" stroke="currentColor" strokeWidth="1.75">
      <circle cx="6" cy="6" r="4" opacity="0.3" />
      <path d="M6 2a4 4 0 0 1 4 4" strokeLinecap="round" />
    </g>
  ),
  warn: <path d="M6 1.6 11 10.4H1Z" fill="currentColor" stroke="currentColor" strokeLinejoin="round" />,
  bad: (
    <path
      fillRule="evenodd"
      fill="currentColor"
      d="M2.5 1.5h7a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1h-7a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1ZM4.4 3.5l-.9.9L5.1 6 3.5 7.6l.9.9L6 6.9l1.6 1.6.9-.9L6.9 6l1.6-1.6-.9-.9L6 5.1Z"
    />
  ),
  off: <circle cx="6" cy="6" r="3.75" fill="none" stroke="currentColor" strokeWidth="1.5" />,
  unknown: (
    <circle cx="6" cy="6" r="3.75" fill="none" stroke="currentColor" strokeWidth="1.5" strokeDasharray="2.2 1.7" />
  ),
};

/** The shape of a state alone, for places where the word stands elsewhere. It has no name of its own. */
export function StatusShape({ state, inherit = false }: { state: StateRole; inherit?: boolean }) {
  return (
    <svg
      viewBox="0 0 12 12"
      aria-hidden="true"
      className={cn("size-3 shrink-0", state === "busy" && "animate-turn", !inherit && TEXT[state])}
    >
      {SHAPE[state]}
    </svg>
  );
}

type StatusProps = AnyStatus & {
  /** Canary weight: "Canary 5 %". */
  percent?: number;
  /** ISO time since when; shown as an age: "Loading · 12 s". */
  since?: string | null;
  reason?: string | null;
  /** Filled, for headers; tables stay plain. */
  tinted?: boolean;
  className?: string;
};

/** The only thing a status cell may hold: shape, word, then age and reason. */
export function Status({ percent, since, reason, tinted = false, className, ...status }: StatusProps) {
  const { role, word } = statusWord(status);
  const loud = role === "warn" || role === "bad";
  return (
    <span
      data-status={status.is}
      className={cn(
        "inline-flex min-w-0 max-w-full items-center gap-1.5 whitespace-nowrap align-middle",
        tinted && cn("rounded-full px-2 py-0.5 text-sm font-medium", TINT[role]),
        className,
      )}
    >
      <StatusShape state={role} inherit={tinted} />
      <span className={cn(!tinted && loud && TEXT[role])}>
        {word}
        {percent !== undefined && ` ${percent}${THIN_SPACE}%`}
      </span>
      {since && (
        <span className={cn(!tinted && "text-fg-3")}>
          · <Time at={since} as="age" />
        </span>
      )}
      {reason && <span className={cn("truncate", !tinted && "text-fg-3")}>· {reason}</span>}
    </span>
  );
}
