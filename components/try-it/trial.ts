import type { TryEvent } from "#lib/gateway/browser/try-schema.ts";

export type Head = Extract<TryEvent, { type: "head" }>;
export type End = Extract<TryEvent, { type: "end" }>;
export type TrialProblem = Omit<Extract<TryEvent, { type: "problem" }>, "type">;
/** Neighbouring pieces of the same kind are one. */
export type Output = { kind: "text" | "tool"; text: string };

/** One request as far as it has come. */
export type Trial = {
  phase: "running" | "ended" | "stopped";
  head: Head | null;
  output: readonly Output[];
  chunks: number;
  /** Of the newest event, from the start. */
  atMs: number;
  end: End | null;
  problem: TrialProblem | null;
};

export const NEW_TRIAL: Trial = {
  phase: "running",
  head: null,
  output: [],
  chunks: 0,
  atMs: 0,
  end: null,
  problem: null,
};

export function withEvent(trial: Trial, event: TryEvent): Trial {
  switch (event.type) {
    case "head":
      return { ...trial, head: event, atMs: event.atMs };
    case "chunk":
      return { ...trial, output: append(trial.output, event), chunks: trial.chunks + 1, atMs: event.atMs };
    case "end":
      return { ...trial, phase: "ended", end: event, atMs: event.totalMs };
    case "problem": {
      const { code, detail, fix } = event;
      return { ...trial, phase: "ended", problem: { code, detail, fix } };
    }
  }
}

function append(output: readonly Output[], { kind, text }: Output): readonly Output[] {
  const last = output.at(-1);
  if (last?.kind !== kind) return [...output, { kind, text }];
  return [...output.slice(0, -1), { kind, text: last.text + text }];
}

/** No event came any more although it had not ended. */
export const brokenOff = (trial: Trial): Trial =>
  trial.phase === "running"
    ? {
        ...trial,
        phase: "ended",
        problem: {
          code: "broke_off",
          detail: "The connection to the console was lost.",
          fix: "Check the connection and try again.",
        },
      }
    : trial;

export const headerOf = (trial: Trial, name: string): string | null =>
  trial.head?.headers.find((header) => header.name === name)?.value ?? null;
