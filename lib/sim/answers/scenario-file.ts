import { readFileSync, statSync } from "node:fs";
import { errorText } from "#lib/platform/errors.ts";
import type { Log } from "#lib/platform/log.ts";
import { emptyScenario, type Scenario, ScenarioSchema } from "./scenario.ts";

/**
 * The scenario as the file has it now: read again when its modification time or size changes. A missing file is an empty
 * scenario; a broken one is logged and the last good one stays in force.
 */
export function watchScenario(file: string | null, log: Log): () => Scenario {
  let current = emptyScenario;
  let seen = "";
  return () => {
    if (file === null) return current;
    const stamp = stampOf(file);
    if (stamp === seen) return current;
    seen = stamp;
    if (stamp === "") current = emptyScenario;
    else
      try {
        current = ScenarioSchema.parse(JSON.parse(readFileSync(file, "utf8")));
      } catch (error) {
        log.error("scenario file is not valid", { file, reason: errorText(error) });
      }
    return current;
  };
}

/** "" = there is no file. */
function stampOf(file: string): string {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats ? `${stats.mtimeMs}/${stats.size}/${stats.ino}` : "";
}
