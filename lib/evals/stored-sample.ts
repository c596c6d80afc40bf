import type { EvalCase } from "./eval-case.ts";
import type { ArgumentDifference, DecodingMode, SampleSide, SampleStatus, ScoreKind } from "./schema.ts";

/** A case with the id of its row; `id` is the generator's. */
export type StoredCase = EvalCase & { caseId: string };

/** What a run keeps of a score. */
export type ScoredAnswer = {
  status: SampleStatus;
  kind: ScoreKind;
  detail: { message: string; differences: ArgumentDifference[] };
  finishReason: string | null;
};

/** `take` counts from 1 on each side of a prompt: sampled answers are drawn several times, and what differs is asked again. */
export type SampleKey = { ordinal: number; side: SampleSide; mode: DecodingMode; take: number };

export type NewSample = SampleKey &
  ScoredAnswer & {
    caseId: string;
    seed: number | null;
    /**
     * The reply's text, from the version that was asked; null = there was no such reply. Kept as a JSON *string*, since
     * a parsed reply may hold what `jsonb` refuses.
     */
    rawReply: string | null;
    nodeName: string | null;
    latencyMs: number | null;
    attempts: number;
  };

export type StoredSample = NewSample & { id: string };

/** Enough of a sample to count with. */
export type SampleOutline = SampleKey & { status: SampleStatus; nodeName: string | null };
