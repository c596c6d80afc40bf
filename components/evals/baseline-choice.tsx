"use client";

import type { BaselineKind, Baselines, BaselineChoice as Choice } from "#lib/evals/browser/baseline-schema.ts";
import { cn } from "../ui/cn.ts";

const KIND_WORDS = {
  live: "Live version",
  origin: "Present deployment",
  standalone: "The version alone",
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
          <Possible
            key={choice.kind}
            choice={choice}
            isChosen={choice.kind === chosen}
            isRecommended={choice.kind === baselines.recommended}
            onChoose={onChoose}
          />
        ))}
      </fieldset>
      {refused.length > 0 && (
        <details>
          <summary className="cursor-pointer py-1 text-sm text-fg-2 hover:text-fg pointer-coarse:py-3">
            Why not the other {refused.length === 1 ? "one" : refused.length}
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

function Possible({
  choice,
  isChosen,
  isRecommended,
  onChoose,
}: {
  choice: Choice;
  isChosen: boolean;
  isRecommended: boolean;
  onChoose: (kind: BaselineKind) => void;
}) {
  const { kind, name, proves, gates } = choice;
  return (
    <label
      className={cn(
        "flex cursor-pointer items-start gap-3 rounded-card border px-3 py-2.5 text-sm hover:border-fg-3",
        isChosen ? "border-accent" : "border-line",
      )}
    >
      <input
        type="radio"
        name="baseline"
        value={kind}
        checked={isChosen}
        onChange={() => onChoose(kind)}
        className="mt-0.5 size-4 shrink-0 accent-accent"
      />
      <span className="min-w-0">
        <span className="font-medium">{KIND_WORDS[kind]}</span>
        <span className="ms-2 break-all">{name}</span>
        {isRecommended && <span className="ms-2 text-xs text-fg-3">proves most</span>}
        {!gates && <span className="ms-2 text-xs text-fg-3">compares only</span>}
        <span className="block max-w-prose text-fg-2">{proves}</span>
      </span>
    </label>
  );
}
