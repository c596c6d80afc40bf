import type { RunReport } from "#lib/journey/browser/report-schema.ts";
import { Notice } from "../../ui/card.tsx";
import { formatCount, shortenId } from "../../ui/format.ts";
import { KeyValue } from "../../ui/key-value.tsx";
import { Status } from "../../ui/status.tsx";
import { Time } from "../../ui/time.tsx";
import { VerdictStatus } from "../verdict-status.tsx";
import { type ReportReader, WORDS } from "./report-words.ts";

/** Who, what, against what, under what, and the answer. */
export function ReportHead({ report, reader }: { report: RunReport; reader: ReportReader }) {
  const { run, sentence, expired } = report;
  const words = WORDS[reader];
  return (
    <>
      <header className="flex flex-col gap-2">
        <h1 className="text-xl font-semibold">
          {words.title}: {report.tenantName}, {run.adapterSlug} version {run.candidateNumber}
        </h1>
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-md">
          {expired.length > 0 && <Status of="verdict" is="expired" />}
          {sentence === null && <VerdictStatus run={run} />}
          <span className="font-medium">{sentence ?? run.message ?? "No verdict."}</span>
        </p>
        {expired.length > 0 && <p className="text-sm">It has expired: {expired.join(" ")}</p>}
        {report.overrides.map(({ cutoverId, by, at, reason, selfApproved, adopted }) => (
          <Notice key={cutoverId} tone={adopted ? "off" : "warn"}>
            {selfApproved ? "Self-approved: " : ""}
            {by} {adopted ? "adopted it as already live" : words.setAside} <Time at={at} as="absolute" />: {reason}
          </Notice>
        ))}
      </header>
      <KeyValue columns={2} rows={rowsOf(report, reader)} />
      {run.verdict && (
        <section className="flex flex-col gap-1">
          <h2 className="text-lg font-semibold">Why</h2>
          <ul className="list-disc ps-5 text-md">
            {run.verdict.reasons.map(({ code, mode, message }) => (
              <li key={`${code} ${mode}`} className="first-letter:uppercase">
                {message}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function rowsOf(report: RunReport, reader: ReportReader) {
  const { run, against, suiteHash, heldOutPrompts, generatedAt } = report;
  const hidden = heldOutPrompts === 0 ? "" : `, ${heldOutPrompts} of them held out`;
  const { candidate, baseline } = run.conditions ?? {};
  const both = (left: string | undefined, right: string | undefined) =>
    left === right ? (left ?? "Unknown") : `${left} against ${right}`;
  return [
    { label: WORDS[reader].version, value: `${run.adapterSlug} v${run.candidateNumber}` },
    { label: WORDS[reader].measured, value: against },
    { label: "Prompts", value: `${run.suiteName}, revision ${run.suiteRevision}, ${run.caseCount} prompts${hidden}` },
    { label: "Suite", value: <code className="font-mono text-xs">{shortenId(suiteHash)}</code> },
    { label: "Replies", value: formatCount(run.samplesDone) },
    { label: "Attempt", value: run.gates ? `${run.attempt}` : "Comparison, not a gate" },
    ...(reader === "staff" ? [{ label: "Requested by", value: run.requestedBy }] : []),
    { label: "Ended", value: run.finishedAt ? <Time at={run.finishedAt} as="absolute" /> : "Not yet" },
    ...(candidate && baseline
      ? [
          { label: "Base model", value: both(baseline.baseModel, candidate.baseModel) },
          {
            label: "Engine, GPU",
            value: `${both(baseline.vllmVersion, candidate.vllmVersion)}; ${both(baseline.nodeGpu, candidate.nodeGpu)}`,
          },
          { label: "Pool settings", value: both(baseline.engineSettings, candidate.engineSettings) },
          {
            label: "Normaliser, rule",
            value: `version ${candidate.normaliserVersion}, version ${candidate.gateVersion}`,
          },
        ]
      : []),
    { label: "Run", value: <code className="font-mono text-xs">{run.id}</code> },
    {
      label: "Figures",
      value: `Derived from scored answers${report.simulated ? ", of a simulated fleet" : ""}`,
    },
    { label: "Report of", value: <Time at={generatedAt} as="absolute" /> },
  ];
}
