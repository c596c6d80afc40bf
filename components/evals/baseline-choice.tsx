"use client";

import type { BaselineKind, Baselines } from "#lib/evals/browser/baseline-schema.ts";
import { RadioCard } from "../ui/radio-card.tsx";

const KIND_WORDS = {
  live: "Live version",
  origin: "Present deployment",
  standalone: "The version itself",
  itself: "The version itself, on this pool",
  base: "Base model",
} as const satisfies Record<BaselineKind, string>;

/** What a gate is measured against: each kind with what it proves, or with why it cannot be chosen. */
export function BaselineChoice({
  baselines,
  chosen,
  onChoose,
}: {
  baselines: Baselines;
  chosen: BaselineKind | null;
  onChoose: (kind: BaselineKind) => void;
}) {
  const possible = baselines.choices.filter(({ refusal }) => refusal === null);
  const refused = baselines.choices.filter(({ refusal }) => refusal !== null);
  return (
    <div className="flex flex-col gap-2">
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1 text-md font-medium">Compared with</legend>
        <p className="text-sm text-fg-2">{baselines.because}</p>
        {possible.map((choice) => (
          <RadioCard
            key={choice.kind}
            name="baseline"
            value={choice.kind}
            isChosen={choice.kind === chosen}
            onChoose={onChoose}
            title={KIND_WORDS[choice.kind]}
          >
            <span className="ms-2 break-all">{choice.name}</span>
            {choice.kind === baselines.recommended && <span className="ms-2 text-xs text-fg-3">proves most</span>}
            {!choice.gates && <span className="ms-2 text-xs text-fg-3">compares only</span>}
            <span className="block max-w-prose text-fg-2">{choice.proves}</span>
          </RadioCard>
        ))}
      </fieldset>
      {refused.length > 0 && (
        <details>
          <summary className="cursor-pointer py-1 text-sm text-fg-2 hover:text-fg pointer-coarse:py-3">
            Why the other is unavailable {refused.length === 1 ? "one" : refused.length}
          </summary>
          <ul className="flex flex-col gap-1 text-sm text-fg-2">
            {refused.map(({ kind, refusal }) => (
              <li key={kind}>
                <span className="font-medium text-fg">{KIND_WORDS[kind]}</span>: {refusal?.message} {refusal?.fix}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
