"use client";

import type { ReactNode } from "react";
import type { Measurement } from "#lib/http/schema.ts";
import { cn } from "./cn.ts";
import { boundedText, formatBytesExact, formatUnit, marginText, THIN_SPACE } from "./format.ts";
import { ProvenanceIcon, ProvenanceMark } from "./provenance.tsx";
import { useReader } from "./reader.tsx";

type MeasurementViewProps = {
  /** Undefined = does not apply here ("–"); a value of null = could not be seen ("Unknown"). */
  value: Measurement | undefined;
  /** "button" opens the source, "icon" only names it (tables), "none" where a title carries it once. */
  mark?: "button" | "icon" | "none";
  formula?: ReactNode;
  note?: ReactNode;
  className?: string;
};

/**
 * A number with its unit and its origin. The only way a number reaches the screen: it says "≈" when inferred, "Unknown"
 * when it could not be seen, and greys inside `data-stale`.
 */
export function MeasurementView({ value: shown, mark = "button", formula, note, className }: MeasurementViewProps) {
  const { locale } = useReader();
  if (shown === undefined) {
    return (
      <span className={cn("text-fg-3", className)}>
        <span aria-hidden="true">–</span>
        <span className="sr-only">does not apply</span>
      </span>
    );
  }
  if (shown.value === null) return <span className={cn("text-fg-3", className)}>Unknown</span>;
  const { number, unit } = formatUnit(shown.value, shown.unit, locale);
  return (
    <span
      className={cn("inline-flex items-baseline whitespace-nowrap align-middle stale:text-fg-3", className)}
      title={shown.unit === "bytes" ? formatBytesExact(shown.value, locale) : undefined}
    >
      <span>
        {shown.source === "inferred" && shown.bound === undefined && `≈${THIN_SPACE}`}
        {boundedText(number, shown.bound)}
        {unit !== "" && THIN_SPACE}
        {unit !== "" && <span className="measurement-unit text-fg-2 stale:text-fg-3">{unit}</span>}
        {mark === "button" && shown.errorShare !== undefined && (
          <span className="ms-1 text-xs font-normal text-fg-3 tracking-normal">{marginText(shown.errorShare)}</span>
        )}
      </span>
      {mark === "button" && (
        <ProvenanceMark origin={shown} formula={formula} note={note} className="top-[0.08em] self-center" />
      )}
      {mark === "icon" && (
        <span className="ms-1 inline-flex self-center">
          <ProvenanceIcon origin={shown} />
        </span>
      )}
    </span>
  );
}

/** The one big figure of a card, with its name above and what it is compared with below. */
export function Stat({
  label,
  value,
  formula,
  note,
  children,
}: {
  label: string;
  value: Measurement | undefined;
  formula?: ReactNode;
  note?: ReactNode;
  /** One quiet line: "objective 800 ms", "+60 ms against yesterday". */
  children?: ReactNode;
}) {
  return (
    <div className="flex min-w-0 flex-col gap-0.5">
      <div className="truncate text-sm text-fg-2">{label}</div>
      <MeasurementView
        value={value}
        formula={formula}
        note={note}
        className="text-2xl font-semibold tracking-tight [&_.measurement-unit]:text-lg [&_.measurement-unit]:font-medium [&_.measurement-unit]:tracking-normal"
      />
      {children && <div className="text-sm text-fg-3">{children}</div>}
    </div>
  );
}
