import { parseArgs } from "node:util";
import { readEnv } from "#lib/platform/env.ts";
import { errorText } from "#lib/platform/errors.ts";
import { type Mode, usesSimulation } from "./children.ts";
import { launch } from "./launch.ts";
import { nodeProblem } from "./node-version.ts";

const DEFAULT_SCENARIO = "default";

const readArguments = (mode: Mode, args: readonly string[]): { scenario: string } => {
  const { values } = parseArgs({
    args: [...args],
    options: usesSimulation(mode) ? { scenario: { type: "string", default: DEFAULT_SCENARIO } } : {},
  });
  return { scenario: "scenario" in values ? String(values.scenario) : DEFAULT_SCENARIO };
};

/** Reads settings and arguments, starts, and ends the process with the right code. */
export async function runLauncher(mode: Mode, args: readonly string[]): Promise<never> {
  const print = (line: string) => console.log(line);
  // Whoever read our output may leave first (`| head`, a closed terminal); the rest must still be ended in order.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  const problem = nodeProblem(process.versions.node);
  if (problem) {
    print(problem);
    process.exit(1);
  }
  try {
    process.exit(await launch({ env: readEnv(), ...readArguments(mode, args), mode, print }));
  } catch (error) {
    print(errorText(error));
    process.exit(1);
  }
}
