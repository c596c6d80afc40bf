import { errorText } from "#lib/platform/errors.ts";
import { openBenchApi } from "#lib/testbed/api.ts";
import { stop, withOpened } from "#lib/testbed/opened.ts";
import { startBenchPostgres } from "#lib/testbed/postgres.ts";
import type { Measured } from "../judge.ts";
import { measureCutUpload } from "./cut-upload.ts";
import { measureFullCheck } from "./full-check.ts";
import { measureListAdapters } from "./list-adapters.ts";

const LINES = [measureFullCheck, measureListAdapters, measureCutUpload];

/** Job `registry`: intake, checks and lists through the product's own API. A line that fails leaves the others theirs. */
export const runRegistry = ({ runs, log }: { runs: number; log(line: string): void }): Promise<Measured[]> =>
  withOpened(async (keep) => {
    const postgres = keep(await startBenchPostgres(), stop);
    const measured: Measured[] = [];
    for (const line of LINES) {
      const api = await openBenchApi(postgres);
      try {
        measured.push(await line(api, runs, log));
      } catch (error) {
        log(`${line.name} failed: ${errorText(error)}`);
      } finally {
        await api.close();
      }
    }
    return measured;
  });
