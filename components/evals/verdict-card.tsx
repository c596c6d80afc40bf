"use client";

import { formatBaseline } from "#lib/evals/browser/format-baseline.ts";
import { formatOutcome } from "#lib/evals/browser/format-outcome.ts";
import type { Run } from "#lib/evals/schema.ts";
import { Notice } from "../ui/card.tsx";
import { useApi } from "../ui/use-api.ts";
import { VersionOverrides } from "../ui/version-overrides.tsx";
import { ModeCard } from "./mode-card.tsx";
import { WhatAPassProves } from "./proof-slider.tsx";

const TONE = { pass: "ok", fail: "bad", inconclusive: "warn" } as const;

/** A reason starts with its mode, in lower case. */
const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Why the verdict of this run no longer stands; empty while it does, and of a run that a later one replaced. */
export function useExpired(run: Run): readonly string[] {
  const params = { versionId: run.candidateVersionId };
  const gate = useApi("GET /versions/{versionId}/gate", { params }, { enabled: run.verdict !== null }).data;
  return gate?.runId === run.id ? gate.expired : [];
}

/** Of the three sides, as often as the run asked each at first; prompts that differ are asked more often. */
const callsPerPrompt = ({ conditions }: Run): number | null =>
  conditions && 3 * Object.values(conditions.candidate.sampling).reduce((sum, { takes }) => sum + takes, 0);

/** What came of a gate: one sentence, why, whether it still stands, and what each mode showed. */
export function VerdictCard({
  run,
  verdict,
  expired,
}: {
  run: Run;
  verdict: NonNullable<Run["verdict"]>;
  expired: readonly string[];
}) {
  return (
    <>
      <Notice tone={TONE[verdict.outcome]}>
        <p className="font-semibold" data-answer="">
          {formatOutcome(verdict)}
        </p>
        <p className="mt-1">Compared with {formatBaseline(run, "staff")}.</p>
        <ul className="mt-1 flex flex-col gap-0.5">
          {verdict.reasons.map((reason) => (
            <li key={`${reason.code} ${reason.mode}`}>{sentence(reason.message)}.</li>
          ))}
        </ul>
      </Notice>
      {expired.length > 0 && (
        <Notice tone="warn">
          <p className="font-semibold">This verdict has expired: run the gate again before anything goes live on it.</p>
          <ul className="mt-1 flex flex-col gap-0.5">
            {expired.map((why) => (
              <li key={why}>{why}</li>
            ))}
          </ul>
        </Notice>
      )}
      <VersionOverrides adapterId={run.adapterId} versionId={run.candidateVersionId} />
      <div className="grid gap-6 lg:grid-cols-2">
        <ModeCard title="Greedy" report={verdict.modes.greedy} />
        <ModeCard title="Sampled" report={verdict.modes.sampled} />
      </div>
      <details className="rounded-card border px-4 py-2.5">
        <summary className="cursor-pointer text-md font-medium pointer-coarse:py-2">
          What a pass of {run.caseCount} or more prompts proves
        </summary>
        <div className="pt-3">
          <WhatAPassProves initial={run.caseCount} callsPerPrompt={callsPerPrompt(run)} />
        </div>
      </details>
    </>
  );
}
