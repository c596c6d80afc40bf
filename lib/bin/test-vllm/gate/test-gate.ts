import type { Counts } from "../../test/count-results.ts";
import { withProduct } from "../gateway/with-product.ts";
import { sendTo } from "../node-under-test.ts";
import type { VllmInstall } from "../start-vllm.ts";
import { gateText, judgeGate } from "./judge-gate.ts";
import { runGate } from "./run-gate.ts";

/**
 * Evaluates one real adapter against another on a real engine, through the gateway, and scores the stored replies again.
 * One test.
 * @throws Error when the engine does not start or the run does not end
 */
export function testGate(install: VllmInstall, print: (line: string) => void): Promise<Counts> {
  return withProduct(install, async ({ api, engine, product }) => {
    const [customer] = product.customers;
    if (customer === undefined) throw new Error("the product has no customer");
    const report = await runGate(api.admin, customer);
    const { version } = JSON.parse((await sendTo(engine, "GET", "/version")).text) as { version: string };
    print(`  a gate of two adapters: ${gateText(report)}`);
    const problems = judgeGate(report, version);
    for (const problem of problems) print(`  FAILED a gate of two adapters: ${problem}`);
    return { passed: Number(problems.length === 0), failed: Number(problems.length > 0), skipped: 0 };
  });
}
