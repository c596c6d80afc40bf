import type { Counts } from "../../test/count-results.ts";
import type { VllmInstall } from "../start-vllm.ts";
import { CLIENT_CHECKS } from "./client-checks.ts";
import { runClientCheck, toolsFor } from "./run-client-checks.ts";
import { withProduct } from "./with-product.ts";

/**
 * Asks a real engine through the gateway with the official client.
 * @throws Error when the engine does not start or no version goes live
 */
export async function testGateway(install: VllmInstall, print: (line: string) => void): Promise<Counts> {
  const counts = await withProduct(install, async ({ engine, product }) => {
    const own: Counts = { passed: 0, failed: 0, skipped: 0 };
    const tools = toolsFor(engine, product);
    for (const check of CLIENT_CHECKS) {
      const problem = await runClientCheck(check, tools);
      if (problem === null) own.passed += 1;
      else own.failed += 1;
      if (problem !== null) print(`  FAILED through the gateway, ${check.id}: ${check.says}\n    ${problem}`);
    }
    return own;
  });
  print(`  through the gateway, official client: ${counts.passed} of ${CLIENT_CHECKS.length}`);
  return counts;
}
