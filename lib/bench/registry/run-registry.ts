import { errorText } from "#lib/platform/errors.ts";
import { type BenchPostgres, startBenchPostgres } from "#lib/testbed/postgres.ts";
import type { Measured } from "../judge.ts";
import { measureCutUpload } from "./cut-upload.ts";
import { measureFullCheck } from "./full-check.ts";
import { measureListAdapters } from "./list-adapters.ts";

/** One line of the report, or a few that are measured together; opens an API of its own with `openBenchApi`. */
export type RegistryLine = (options: {
  postgres: BenchPostgres;
  runs: number;
  say(line: string): void;
}) => Promise<Measured[]>;

const LINES: readonly RegistryLine[] = [measureFullCheck, measureListAdapters, measureCutUpload];

/** Job `registry`: intake, checks and lists through the product's own API. A line that fails leaves the others theirs. */
export async function runRegistry(options: { runs: number; say(line: string): void }): Promise<Measured[]> {
  const postgres = await startBenchPostgres();
  try {
    const measured: Measured[] = [];
    for (const line of LINES)
      try {
        measured.push(...(await line({ ...options, postgres })));
      } catch (error) {
        options.say(`${line.name} failed: ${errorText(error)}`);
      }
    return measured;
  } finally {
    await postgres.stop();
  }
}
