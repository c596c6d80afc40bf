import { startBenchPostgres } from "#lib/bench/bench-database.ts";
import { openBenchApi } from "#lib/bench/registry/bench-api.ts";
import { STANDARD_START } from "#lib/vllm/contract/point.ts";
import type { Counts } from "../../test/count-results.ts";
import { startVllm, type VllmInstall } from "../start-vllm.ts";
import { CLIENT_CHECKS } from "./client-checks.ts";
import { openProduct } from "./open-product.ts";
import { runClientCheck, toolsFor } from "./run-client-checks.ts";

type Print = (line: string) => void;

/**
 * Puts a real engine into a fleet of the whole product and asks it through the gateway with the official client.
 * @throws Error when the engine does not start or no version goes live
 */
export async function testGateway(install: VllmInstall, print: Print): Promise<Counts> {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  const postgres = await startBenchPostgres();
  const api = await openBenchApi(postgres);
  const engine = await startVllm(install, STANDARD_START);
  try {
    const product = await openProduct(api, engine, STANDARD_START);
    try {
      const tools = toolsFor(engine, product);
      for (const check of CLIENT_CHECKS) {
        const problem = await runClientCheck(check, tools);
        if (problem === null) counts.passed += 1;
        else counts.failed += 1;
        if (problem !== null) print(`  FAILED through the gateway, ${check.id}: ${check.says}\n    ${problem}`);
      }
    } finally {
      await product.close();
    }
  } finally {
    await engine.stop();
    await api.close();
    await postgres.stop();
  }
  print(`  through the gateway, official client: ${counts.passed} of ${CLIENT_CHECKS.length}`);
  return counts;
}
