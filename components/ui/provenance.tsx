"use client";

import type { ReactNode } from "react";
import { Fragment } from "react";
import type { Measurement } from "#lib/http/schema.ts";
import { cn } from "./cn.ts";
import { marginText } from "./format.ts";
import { Popover } from "./popover.tsx";
import { Time } from "./time.tsx";

export type MeasurementOrigin = Pick<Measurement, "source" | "simulated" | "asOf" | "coverage" | "errorShare">;

const EXPLAINED: Record<Measurement["source"], string> = {
  measured: "The source itself reported this number.",
  derived: "Calculated by an exact model from recorded data.",
  inferred: "An estimate: the exact data is not available.",
};

const GLYPH: Record<Measurement["source"], ReactNode> = {
  measured: <circle cx="7" cy="7" r="3.5" fill="currentColor" />,
  derived: (
    <>
      <circle cx="7" cy="7" r="3.75" fill="none" stroke="currentColor" />
      <path d="M7 3.5a3.5 3.5 0 0 0 0 7Z" fill="currentColor" />
    </>
  ),
  inferred: <circle cx="7" cy="7" r="3.75" fill="none" stroke="currentColor" strokeDasharray="1.6 1.4" />,
};

const FLASK = (
  <path
    d="M5.5 2h3M6 2v3.2L3.2 10a1.3 1.3 0 0 0 1.1 2h5.4a1.3 1.3 0 0 0 1.1-2L8 5.2V2M4.4 8.5h5.2"
    fill="none"
    stroke="currentColor"
    strokeLinecap="round"
    strokeLinejoin="round"
  />
);

/** "measured", "derived, simulated": what a screen reader hears for the mark. */
export const originWord = ({ source, simulated }: Pick<Measurement, "source" | "simulated">): string =>
  simulated ? `${source}, simulated` : source;

function Glyph({ children }: { children: ReactNode }) {
  return (
    <svg viewBox="0 0 14 14" aria-hidden="true" className="size-3.5 shrink-0">
      {children}
    </svg>
  );
}

function Marks({ origin }: { origin: MeasurementOrigin }) {
  return (
    <>
      <Glyph>{GLYPH[origin.source]}</Glyph>
      {origin.simulated && <Glyph>{FLASK}</Glyph>}
    </>
  );
}

/** The mark as a sign only, for dense tables whose header carries the one that opens. */
export function ProvenanceIcon({ origin }: { origin: MeasurementOrigin }) {
  return (
    <span role="img" aria-label={originWord(origin)} title={originWord(origin)} className="inline-flex text-fg-3">
      <Marks origin={origin} />
    </span>
  );
}

type Explained = {
  origin: MeasurementOrigin;
  /** How the number is computed, in words or symbols. */
  formula?: ReactNode;
  /** How far two sources disagree, or another caveat. */
  note?: ReactNode;
};

/** What the mark opens: source, formula, last sample, coverage, disagreement. */
function Explanation({ origin, formula, note }: Explained) {
  const { coverage, asOf, errorShare } = origin;
  const facts: [string, ReactNode][] = [
    ["Formula", formula],
    ["Last sample", asOf === null ? "Unknown" : <Time key="at" at={asOf} />],
    [
      "Seen",
      coverage && `${coverage.seen} of ${coverage.of}${coverage.seen < coverage.of ? ", the rest is unknown" : ""}`,
    ],
    ["Error", errorShare !== undefined && `at most ${marginText(errorShare)}, because it is read from a histogram`],
    ["Note", note],
  ];
  return (
    <>
      <p className="font-medium first-letter:uppercase">{originWord(origin)}</p>
      <p className="mt-0.5 text-fg-2">
        {EXPLAINED[origin.source]}
        {origin.simulated && " It comes from a simulated fleet."}
      </p>
      <dl className="mt-2 grid grid-cols-[auto_1fr] gap-x-3 gap-y-1 text-xs">
        {facts
          .filter(([, value]) => value !== null && value !== undefined && value !== false && value !== "")
          .map(([label, value]) => (
            <Fragment key={label}>
              <dt className="text-fg-3">{label}</dt>
              <dd>{value}</dd>
            </Fragment>
          ))}
      </dl>
    </>
  );
}

/** The mark after a unit; it opens source, formula, last sample, coverage and disagreement. */
export function ProvenanceMark({ className, ...explained }: Explained & { className?: string }) {
  const word = originWord(explained.origin);
  return (
    <Popover
      label={`Source of this figure: ${word}`}
      trigger={(props) => (
        <button
          type="button"
          {...props}
          aria-label={`${word}: show the source`}
          className={cn(
            "row-action -my-1 inline-flex h-6 min-w-6 items-center justify-center rounded-control align-middle text-fg-3 hover:bg-off-tint hover:text-fg-2",
            className,
          )}
        >
          <Marks origin={explained.origin} />
        </button>
      )}
    >
      <Explanation {...explained} />
    </Popover>
  );
}
