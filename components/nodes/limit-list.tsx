"use client";

import { KeyValue } from "#components/ui/key-value.tsx";
import { MeasurementView } from "#components/ui/measurement.tsx";
import type { NodeLimits } from "#lib/fleet/schema.ts";
import type { Measurement } from "#lib/http/schema.ts";

const LABELS: Record<keyof NodeLimits, { label: string; word?: string }> = {
  maxLoras: { label: "GPU slots" },
  maxCpuLoras: { label: "CPU cache", word: "places" },
  maxLoraRank: { label: "Rank" },
  maxModelLen: { label: "Sequence limit", word: "tokens" },
};
const KEYS = Object.keys(LABELS) as (keyof NodeLimits)[];

/** Limits of an engine, each with where it comes from: the engine itself, or only its pool's word. */
export function LimitList({
  limits,
  simulated,
  asOf,
}: {
  limits: NodeLimits;
  simulated: boolean;
  /** ISO time of the inspection. */
  asOf: string | null;
}) {
  return (
    <KeyValue
      rows={KEYS.map((key) => ({
        label: LABELS[key].label,
        value: <Limit {...{ limits, simulated, asOf }} name={key} />,
      }))}
    />
  );
}

function Limit({
  limits,
  name,
  simulated,
  asOf,
}: {
  limits: NodeLimits;
  name: keyof NodeLimits;
  simulated: boolean;
  asOf: string | null;
}) {
  const { value, source } = limits[name];
  const measurement: Measurement = {
    value,
    unit: "count",
    source: source === "measured" ? "measured" : "inferred",
    simulated,
    asOf,
    coverage: null,
  };
  const note =
    source === "measured"
      ? "Reported by the engine."
      : "Taken from the pool settings. The engine neither confirms nor contradicts it.";
  return (
    <span className="inline-flex flex-wrap items-baseline gap-x-2">
      <MeasurementView value={measurement} note={note} />
      <span className="text-xs text-fg-3">
        {LABELS[name].word ? `${LABELS[name].word}, ` : ""}
        {source}
      </span>
    </span>
  );
}
