import type { LostPrompt, RunReport } from "#lib/journey/browser/report-schema.ts";
import { FieldDiff } from "../../ui/field-diff.tsx";
import { MODE_WORDS, type ReportReader, WORDS } from "./report-words.ts";

/** Prompts that were lost for sure: what was right, and what each side answered. */
export function LostPrompts({ report, reader }: { report: RunReport; reader: ReportReader }) {
  const { lost, lostNotShown, run } = report;
  if (run.verdict === null) return null;
  return (
    <section className="flex flex-col gap-4">
      <h2 className="text-lg font-semibold">{WORDS[reader].lost}</h2>
      {lost.length === 0 && lostNotShown === 0 && <p className="text-md">{WORDS[reader].noneLost}</p>}
      {lost.map((prompt) => (
        <Lost key={prompt.caseId} prompt={prompt} sides={WORDS[reader].sides} />
      ))}
      {lostNotShown > 0 && (
        <p className="text-md">
          {lostNotShown} more {lostNotShown === 1 ? "prompt is" : "prompts are"} confirmed lost and not shown here
          {reader === "customer" ? ": held out, so that no version is tuned to the test." : "."}
        </p>
      )}
    </section>
  );
}

function Lost({ prompt, sides }: { prompt: LostPrompt; sides: readonly [string, string] }) {
  const name = `Prompt ${prompt.ordinal}`;
  return (
    <article className="keep-whole flex flex-col gap-2">
      <h3 className="text-md font-medium">
        {name}, {prompt.category.replaceAll("_", " ")}, lost{" "}
        {prompt.modes.map((mode) => MODE_WORDS[mode].toLowerCase()).join(" and ")}
        {prompt.heldOut && " · held out: not for the customer"}
      </h3>
      <p className="text-sm break-words whitespace-pre-wrap text-fg-2">{prompt.prompt}</p>
      <FieldDiff calls={prompt.calls} sides={sides} label={`${name}: expected and actual answer`} />
    </article>
  );
}
