"use client";

import Link from "next/link";
import type { GateChange } from "#lib/evals/browser/answer-history-schema.ts";
import { niceTicks } from "../charts/axis.ts";
import { cn } from "../ui/cn.ts";
import { formatShare, quantityText } from "../ui/format.ts";
import { useReader } from "../ui/reader.tsx";
import { Tooltip } from "../ui/tooltip.tsx";

type Mode = keyof GateChange["modes"];

/** The fewest that show a course, and the most that a screen has room for. */
const [FEWEST, MOST] = [2, 40];
/** Below this share of the prompts the scale does not shrink further: one prompt of 200 is not to look like many. */
const LEAST_SCALE = 0.02;
const FILL = { pass: "bg-ok", fail: "bg-bad", inconclusive: "bg-warn" } as const satisfies Record<
  GateChange["outcome"],
  string
>;

/**
 * Gates one after the other, the oldest first: a bar for how many answers changed, a line across it for how many change by
 * themselves. The table below says the same in figures.
 * @param gates newest first
 */
export function AnswerChangeBars({ gates, mode }: { gates: readonly GateChange[]; mode: Mode }) {
  const { locale } = useReader();
  if (gates.length < FEWEST) return null;
  const shown = gates.slice(0, MOST).reverse();
  const values = shown.flatMap(({ modes }) => [modes[mode].changed.value ?? 0, modes[mode].noiseFloor.value ?? 0]);
  const ticks = niceTicks(Math.max(LEAST_SCALE, ...values));
  const top = ticks.at(-1) ?? 1;
  const share = (value: number | null) => (value === null ? "unknown" : quantityText(formatShare(value, locale)));
  return (
    <figure className="flex flex-col gap-1">
      <div className="flex h-40 gap-2">
        <div aria-hidden className="flex w-10 flex-col justify-between text-end text-xs text-fg-3">
          <span>{share(top)}</span>
          <span>{share(0)}</span>
        </div>
        <ol
          aria-label="Changed answers by gate, oldest first"
          className="flex min-w-0 flex-1 gap-px border-b border-line"
        >
          {shown.map((gate) => (
            <Bar key={gate.runId} gate={gate} mode={mode} top={top} share={share} />
          ))}
        </ol>
      </div>
      <figcaption className="ps-12 text-xs text-fg-2">
        Oldest gate first. Each bar is the share of changed answers; the line marks the noise floor.
      </figcaption>
    </figure>
  );
}

type BarProps = { gate: GateChange; mode: Mode; top: number; share: (value: number | null) => string };

/** Leads to its gate. What is unknown has no bar, which its words say. */
function Bar({ gate, mode, top, share }: BarProps) {
  const { changed, noiseFloor } = gate.modes[mode];
  const height = (value: number | null) => `${((value ?? 0) / top) * 100}%`;
  const name = `${gate.adapterSlug} v${gate.versionNumber}, attempt ${gate.attempt}, ${gate.outcome}`;
  const words = `${name}: ${share(changed.value)} changed, noise floor ${share(noiseFloor.value)}`;
  return (
    <li className="flex h-full max-w-9 min-w-0 flex-1">
      <Tooltip content={words}>
        {(tip) => (
          <Link {...tip} href={`/evals/runs/${gate.runId}`} aria-label={words} className="relative flex-1 hover:bg-sub">
            {changed.value !== null && (
              <span
                className={cn("absolute inset-x-[15%] bottom-0 min-h-0.5 rounded-t-sm", FILL[gate.outcome])}
                style={{ height: height(changed.value) }}
              />
            )}
            {noiseFloor.value !== null && (
              <span
                className="absolute inset-x-0 border-t-2 border-dashed border-fg-2"
                style={{ bottom: height(noiseFloor.value) }}
              />
            )}
          </Link>
        )}
      </Tooltip>
    </li>
  );
}
