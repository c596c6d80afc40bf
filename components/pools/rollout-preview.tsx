"use client";

import { formatChange, formatCount } from "#components/ui/format.ts";
import { MeasurementView } from "#components/ui/measurement.tsx";
import { useReader } from "#components/ui/reader.tsx";
import { StatusShape } from "#components/ui/status.tsx";
import type { EngineLimits } from "#lib/fleet/schema.ts";
import type { Measurement } from "#lib/http/schema.ts";
import type { Pool } from "#lib/pools/schema.ts";
import { limitChanges, slotMemoryWith } from "./limit-facts.ts";
import type { Consequence } from "./rollout-consequences.ts";

const bytes = (value: number | null): Measurement => ({
  value,
  unit: "bytes",
  source: "derived",
  simulated: false,
  asOf: null,
  coverage: null,
});

const FORMULA = "slots × rank × Σ modules (in + out) × bytes of the dtype";

/** GPU memory that vLLM takes for all slots of a node, with the old limits and the new. */
export function SlotMemoryChange({ pool, before, target }: { pool: Pool; before: EngineLimits; target: EngineLimits }) {
  const { locale } = useReader();
  const [old, next] = [slotMemoryWith(pool, before), slotMemoryWith(pool, target)];
  return (
    <div className="flex flex-wrap items-baseline gap-x-6 gap-y-1 rounded-control bg-sub px-3 py-2.5 text-sm">
      <span className="text-fg-2">GPU slot memory, each node</span>
      <span className="inline-flex flex-wrap items-baseline gap-x-1.5">
        <MeasurementView value={bytes(old)} formula={FORMULA} mark="none" />
        <span aria-hidden="true" className="text-fg-3">
          →
        </span>
        <span className="sr-only">becomes</span>
        <span className="font-medium">
          <MeasurementView value={bytes(next)} formula={FORMULA} note="For one GPU without tensor parallelism." />
        </span>
        {old !== null && next !== null && old !== next && (
          <span className="text-fg-3">{formatChange(next - old, "bytes", locale)}</span>
        )}
      </span>
    </div>
  );
}

/** Limit by limit, what it is and what it becomes. */
export function LimitChangeTable({ before, target }: { before: EngineLimits; target: EngineLimits }) {
  const { locale } = useReader();
  const changes = limitChanges(before, target);
  const text = (value: number) => (Number.isInteger(value) ? formatCount(value, locale) : String(value));
  if (changes.length === 0) return <p className="text-sm text-fg-3">No limit changes.</p>;
  return (
    <table aria-label="Limits that change" className="w-full max-w-120 text-sm">
      <thead>
        <tr className="text-xs text-fg-2">
          <th scope="col" className="py-1 pe-3 text-start font-medium">
            Limit
          </th>
          <th scope="col" className="px-3 py-1 text-end font-medium">
            Before
          </th>
          <th scope="col" className="py-1 ps-3 text-end font-medium">
            After
          </th>
        </tr>
      </thead>
      <tbody className="tabular-nums">
        {changes.map((change) => (
          <tr key={change.key} className="border-t">
            <th scope="row" className="py-1.5 pe-3 text-start font-normal">
              {change.label}
            </th>
            <td className="px-3 py-1.5 text-end text-fg-2">{text(change.before)}</td>
            <td className="py-1.5 ps-3 text-end font-medium">{text(change.after)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What follows, sentence by sentence; what needs a decision is marked. */
export function ConsequenceList({ consequences }: { consequences: readonly Consequence[] }) {
  return (
    <ul aria-label="Consequences" className="flex flex-col gap-1.5 text-md">
      {consequences.map(({ tone, text }) => (
        <li key={text} className="flex gap-2.5">
          <span className="flex h-5 w-3.5 shrink-0 items-center justify-center">
            {tone === "warn" ? (
              <StatusShape state="warn" />
            ) : (
              <span aria-hidden="true" className="size-1 rounded-full bg-fg-3" />
            )}
          </span>
          <span className={tone === "warn" ? "text-fg" : "text-fg-2"}>
            {tone === "warn" && <span className="sr-only">Warning: </span>}
            {text}
          </span>
        </li>
      ))}
    </ul>
  );
}
