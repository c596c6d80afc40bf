"use client";

import type { Measurement } from "#lib/http/schema.ts";
import { cn } from "./cn.ts";
import { MeasurementView } from "./measurement.tsx";

/** A part of one request's time. `hint` says in a few words what it was spent on. */
export type Stage = { key: StageKey; label: string; time: Measurement; hint?: string };
export type StageKey = keyof typeof FILL;

/** By what the time was spent on, the same on every page. */
const FILL = {
  gateway: "bg-line-control",
  queued: "bg-series-5",
  held: "bg-series-4",
  weights: "bg-series-2",
  prefill: "bg-series-3",
  decode: "bg-series-1",
  answer: "bg-series-1",
} as const;

/** What a stage takes of the bar: one that could not be seen still shows that it is there. */
const UNKNOWN_SHARE = 0.08;

/** Where the time of one request went: a bar in scale, and beneath it each part with its figure and its source. */
export function StageBar({ label, stages }: { label: string; stages: readonly Stage[] }) {
  const known = stages.reduce((sum, { time }) => sum + (time.value ?? 0), 0);
  const unknown = stages.filter(({ time }) => time.value === null).length;
  const scale = 1 - Math.min(0.4, unknown * UNKNOWN_SHARE);
  return (
    <div className="flex flex-col gap-3">
      <div aria-hidden="true" className="flex h-3 w-full gap-px overflow-hidden rounded-[3px] bg-off-tint">
        {stages.map(({ key, time }) =>
          time.value === null ? (
            <span key={key} className="hatch min-w-2" style={{ flex: `0 0 ${UNKNOWN_SHARE * 100}%` }} />
          ) : time.value > 0 ? (
            <span
              key={key}
              className={cn("min-w-0.5", FILL[key])}
              style={{ flex: `0 1 ${known === 0 ? 0 : (time.value / known) * scale * 100}%` }}
            />
          ) : null,
        )}
      </div>
      <dl aria-label={label} className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 text-sm">
        {stages.map(({ key, label: name, time, hint }) => (
          <div key={key} className="col-span-2 grid grid-cols-subgrid items-baseline border-b py-1 last:border-b-0">
            <dt className="flex min-w-0 items-baseline gap-2">
              <span
                aria-hidden="true"
                className={cn(
                  "size-2.5 shrink-0 rounded-[2px]",
                  time.value === null ? "hatch border border-dashed" : FILL[key],
                )}
              />
              <span className="min-w-0">
                {name}
                {hint && <span className="block text-xs text-fg-3">{hint}</span>}
              </span>
            </dt>
            <dd className="text-end">
              <MeasurementView value={time} />
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
