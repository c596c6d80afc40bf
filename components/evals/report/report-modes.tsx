import type { Verdict } from "#lib/evals/schema.ts";
import type { KeyValueRow } from "../../ui/key-value.tsx";
import { Status } from "../../ui/status.tsx";
import { type ModeReport, partsOf } from "../mode-rows.ts";
import { type ReportReader, WORDS } from "./report-words.ts";

const rowsOf = (report: ModeReport): KeyValueRow[] => {
  const { deciding, shown } = partsOf(report);
  return [...deciding, ...shown];
};

/** Every figure of both modes beside each other. */
export function ReportModes({ verdict, reader }: { verdict: Verdict; reader: ReportReader }) {
  const words = WORDS[reader];
  const { greedy, sampled } = verdict.modes;
  const rows = { greedy: rowsOf(greedy), sampled: rowsOf(sampled) };
  const labels = [...new Set([...rows.greedy, ...rows.sampled].map(({ label }) => label))];
  const valueFor = (mode: "greedy" | "sampled", label: string) =>
    rows[mode].find((row) => row.label === label)?.value ?? "–";
  return (
    <section className="flex flex-col gap-2">
      <h2 className="text-lg font-semibold">{words.modesTitle}</h2>
      <table className="keep-whole w-full border-separate border-spacing-0 text-sm">
        <thead>
          <tr>
            <th scope="col" className="py-1.5 text-start font-medium">
              Figure
            </th>
            {(["greedy", "sampled"] as const).map((mode, at) => (
              <th key={mode} scope="col" className="py-1.5 text-start font-medium">
                <span className="flex flex-wrap items-center gap-x-2">
                  {words.modes[at]} <Status of="verdict" is={verdict.modes[mode].outcome} />
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {labels.map((label) => (
            <tr key={label}>
              <th scope="row" className="border-t py-1 pe-3 text-start align-top font-normal text-fg-2">
                {label}
              </th>
              <td className="border-t py-1 pe-3 align-top tabular-nums">{valueFor("greedy", label)}</td>
              <td className="border-t py-1 align-top tabular-nums">{valueFor("sampled", label)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <ul className="text-sm text-fg-2">
        <li>
          Greedy: true regression is {greedy.claim}. {greedy.cannotRuleOut}
        </li>
        <li>
          Sampled: true regression is {sampled.claim}. {sampled.cannotRuleOut}
        </li>
        <li>Net regression and confirmed prompts decide the verdict. All other figures are informational.</li>
      </ul>
    </section>
  );
}
