import { HASH_SEED } from "#lib/vllm/launch-command.ts";
import type { Counts } from "../../test/count-results.ts";
import type { AdapterDirectories } from "../adapter-directories.ts";
import { nodeUnderTest } from "../node-under-test.ts";
import { TRACE_START } from "../run-trace.ts";
import { startVllm, type VllmInstall } from "../start-vllm.ts";
import { judgeDerived, phaseText } from "./judge-derived.ts";
import { DERIVED_PLAN, runDerived } from "./run-derived.ts";

/**
 * Sets evictions and swap sources that follow from requests and loads beside those that the plugin counts inside a real
 * engine. One test.
 * @throws Error when the engine does not start or a request fails
 */
export async function testDerived(
  install: VllmInstall,
  directories: AdapterDirectories,
  print: (line: string) => void,
): Promise<Counts> {
  const env = { ...install.env, PYTHONHASHSEED: String(HASH_SEED) };
  const engine = await startVllm({ ...install, env }, TRACE_START);
  try {
    const node = await nodeUnderTest(engine, directories, true);
    if (!node.hasPlugin) {
      print("  derived figures: not compared, since this engine runs without Switchyard's plugin");
      return { passed: 0, failed: 0, skipped: 1 };
    }
    const report = await runDerived(node, DERIVED_PLAN);
    print(`  measured and derived, one after the other, ${phaseText(report.alone)}`);
    print(`  measured and derived, several at once, ${phaseText(report.atOnce)}`);
    print(`  whoever asked several at once stood still for ${report.atOnce.stoodStillMs} ms at most`);
    const problems = judgeDerived(report);
    for (const problem of problems) print(`  FAILED derived figures: ${problem}`);
    return { passed: Number(problems.length === 0), failed: Number(problems.length > 0), skipped: 0 };
  } finally {
    await engine.stop();
  }
}
