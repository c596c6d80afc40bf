"use client";

import { useState } from "react";
import { GATE_PROMPTS_MIN, SUITE_PROMPTS_MAX, SUITE_SIZES } from "#lib/evals/browser/suite-sizes.ts";
import { excludedRate, missRate } from "#lib/evals/browser/what-a-pass-proves.ts";
import { Button } from "../ui/button.tsx";
import { derivedMeasurement } from "../ui/derived-measurement.ts";
import { Field } from "../ui/field.tsx";
import { formatCount } from "../ui/format.ts";
import { Stat } from "../ui/measurement.tsx";
import { useReader } from "../ui/reader.tsx";

/** How many prompts, and what a pass of so many proves; the same words wherever a size is chosen. */
export function ProofSlider({
  prompts,
  onChange,
  callsPerPrompt = null,
}: {
  prompts: number;
  onChange: (prompts: number) => void;
  /** null = how many calls it takes is not known here. */
  callsPerPrompt?: number | null;
}) {
  const { locale } = useReader();
  const isShort = prompts < GATE_PROMPTS_MIN;
  return (
    <div className="flex flex-col gap-3">
      <Field
        label="Prompts"
        hint={
          isShort
            ? `A gate needs ${GATE_PROMPTS_MIN}: a run of fewer cannot pass.`
            : "More prompts prove more but take longer."
        }
      >
        {(control) => (
          <div className="flex items-center gap-3">
            <input
              {...control}
              type="range"
              min={10}
              max={SUITE_PROMPTS_MAX}
              step={10}
              value={prompts}
              aria-valuetext={`${prompts} prompts`}
              onChange={(event) => onChange(Number(event.target.value))}
              className="min-h-6 grow accent-accent"
            />
            <output className="w-14 text-end text-md font-medium tabular-nums">{formatCount(prompts, locale)}</output>
          </div>
        )}
      </Field>
      <div className="flex flex-wrap gap-2">
        {SUITE_SIZES.map((size) => (
          <Button key={size} size="sm" aria-pressed={size === prompts} onClick={() => onChange(size)}>
            {formatCount(size, locale)}
          </Button>
        ))}
      </div>
      <Proofs prompts={prompts} callsPerPrompt={callsPerPrompt} />
    </div>
  );
}

function Proofs({ prompts, callsPerPrompt }: { prompts: number; callsPerPrompt: number | null }) {
  return (
    <div className="grid grid-cols-1 gap-4 sm:grid-cols-3">
      <Stat
        label="A pass rules out"
        value={derivedMeasurement(excludedRate(prompts), "ratio")}
        formula="1 − 0.05^(1 ÷ prompts): exact bound, 95 % confidence"
      >
        or more of the answers worse (no loss, 95 % confidence)
      </Stat>
      <Stat
        label="Chance to miss a 1 % regression"
        value={derivedMeasurement(missRate(prompts, 0.01), "ratio")}
        formula="(1 − 0.01)^prompts"
      >
        what this number of prompts cannot rule out
      </Stat>
      <Stat
        label="Calls per run"
        value={callsPerPrompt === null ? undefined : derivedMeasurement(callsPerPrompt * prompts, "calls")}
        formula="prompts × sides × decoding modes"
      />
    </div>
  );
}

/** The slider by itself, to try sizes out. */
export function WhatAPassProves({ initial, callsPerPrompt }: { initial: number; callsPerPrompt: number | null }) {
  const [prompts, setPrompts] = useState(Math.max(10, Math.min(SUITE_PROMPTS_MAX, initial)));
  return <ProofSlider prompts={prompts} onChange={setPrompts} callsPerPrompt={callsPerPrompt} />;
}
