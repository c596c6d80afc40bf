import type { RunReport } from "#lib/journey/browser/report-schema.ts";
import { Time } from "../../ui/time.tsx";
import type { ReportReader } from "./report-words.ts";

const HEAD = "py-1.5 pe-3 text-start font-medium";
const CELL = "border-t py-1 pe-3 align-top";
const OUTCOME = { pass: "Pass", fail: "Fail", inconclusive: "Inconclusive" } as const;

/** Every try of the version, since trying often enough passes anything. */
export function ReportTrail({ report, reader }: { report: RunReport; reader: ReportReader }) {
  return (
    <section className="keep-whole flex flex-col gap-2">
      <h2 className="text-lg font-semibold">{reader === "staff" ? "Runs of this version" : "Tests of this version"}</h2>
      <table className="w-full border-separate border-spacing-0 text-sm">
        <thead>
          <tr>
            {["Attempt", "Asked", "Against", "Result"].map((name) => (
              <th key={name} scope="col" className={HEAD}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {report.attempts.map(({ runId, attempt, gates, createdAt, against, outcome, state }) => (
            <tr key={runId}>
              <th scope="row" className={`${CELL} text-start font-normal`}>
                {gates ? attempt : "comparison"}
                {runId === report.run.id && ", this one"}
              </th>
              <td className={CELL}>
                <Time at={createdAt} as="absolute" />
              </td>
              <td className={CELL}>{against}</td>
              <td className={CELL}>{outcome ? OUTCOME[outcome] : `No verdict, ${state}`}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
