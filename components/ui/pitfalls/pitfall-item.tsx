import ChevronDown from "lucide-react/icons/chevron-down";
import type { PitfallFinding } from "#lib/alerting/browser/finding-schema.ts";
import { roughly } from "#lib/alerting/browser/forecast-text.ts";
import { LinkButton } from "../button.tsx";
import { CopyBlock } from "../copy.tsx";
import { formatNumber, formatUnit, quantityText } from "../format.ts";
import { MeasurementView } from "../measurement.tsx";
import { useReader } from "../reader.tsx";
import { StatusShape } from "../status.tsx";
import { Time } from "../time.tsx";
import { SEVERITY_ROLE } from "./severity-role.ts";

const WORD: Record<PitfallFinding["severity"], string> = { critical: "Critical", warning: "Warning", notice: "Notice" };

/** One finding: its sentence, and behind it what it rests on, why it happens, what to do and what that should bring. */
export function PitfallItem({ finding, isOpen }: { finding: PitfallFinding; isOpen: boolean }) {
  const { title, severity, sentence, firstSeenAt, pitfall } = finding;
  return (
    <li data-pitfall={pitfall} className="px-4 py-3">
      <details open={isOpen} className="group">
        <summary className="flex cursor-pointer list-none gap-2.5">
          <span className="flex h-5 items-center">
            <StatusShape state={SEVERITY_ROLE[severity]} />
          </span>
          <span className="min-w-0 grow text-md">
            <span className="font-medium">
              <span className="sr-only">{WORD[severity]}: </span>
              {title}
            </span>{" "}
            <span className="text-sm text-fg-3">
              · <Time at={firstSeenAt} as="age" />
            </span>
            <span className="block wrap-anywhere text-fg-2">{sentence}</span>
          </span>
          <ChevronDown aria-hidden="true" className="size-4 shrink-0 text-fg-3 group-open:rotate-180" />
        </summary>
        <PitfallBody finding={finding} />
      </details>
    </li>
  );
}

/** The rest of a finding, below its sentence. */
function PitfallBody({ finding }: { finding: PitfallFinding }) {
  const { cause, fix } = finding;
  return (
    <div className="mt-2 flex flex-col gap-3 ps-5.5 text-sm">
      <p className="max-w-[72ch] text-fg-2">{cause}</p>
      <PitfallEvidence finding={finding} />
      <div className="flex flex-col gap-2">
        <p className="max-w-[72ch] wrap-anywhere">
          <span className="font-medium">Fix:</span> {fix.sentence}
        </p>
        {fix.undo && <p className="text-fg-2">Undo: {fix.undo}</p>}
        {fix.action && (
          <LinkButton href={fix.action.href} size="sm" className="self-start pointer-coarse:h-11">
            {fix.action.label}
          </LinkButton>
        )}
        {fix.command && <CopyBlock text={fix.command} label="Copy the command" />}
      </div>
    </div>
  );
}

/** The figures that a finding rests on, and what its fix is predicted to bring. */
export function PitfallEvidence({ finding: { evidence, forecast } }: { finding: PitfallFinding }) {
  return (
    <>
      <dl className="grid grid-cols-1 gap-x-6 gap-y-2 text-sm sm:grid-cols-2 xl:grid-cols-3">
        {evidence.map(({ label, figure, note }) => (
          <div key={label} className="min-w-0">
            <dt className="text-fg-3">{label}</dt>
            <dd>
              <MeasurementView value={figure} note={note} className="text-md font-medium" />
              {note && <p className="text-xs text-fg-3 wrap-anywhere">{note}</p>}
            </dd>
          </div>
        ))}
      </dl>
      {forecast && <Forecast is={forecast} />}
    </>
  );
}

/** A what-if: dashed, and named so, for it is no figure. */
function Forecast({ is: { what, unit, before, after, note } }: { is: NonNullable<PitfallFinding["forecast"]> }) {
  const { locale } = useReader();
  const text = (value: number) =>
    unit === "bytes" ? quantityText(formatUnit(value, unit, locale)) : formatNumber(roughly(value), locale);
  return (
    <div className="self-start rounded-control border border-dashed px-3 py-2" data-forecast="">
      <p className="text-md">
        {what}: <span className="font-medium tabular-nums">{text(before)}</span> →{" "}
        <span className="font-medium tabular-nums">{text(after)}</span> {unit !== "bytes" && unit}{" "}
        <span className="text-fg-3">(forecast)</span>
      </p>
      <p className="mt-0.5 max-w-[72ch] text-xs text-fg-3">{note}</p>
    </div>
  );
}
