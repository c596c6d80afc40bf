import { STANDARD_START } from "#lib/vllm/contract/point.ts";
import type { Counts } from "../../test/count-results.ts";
import { withProduct } from "../gateway/with-product.ts";
import { sendTo } from "../node-under-test.ts";
import type { VllmInstall } from "../start-vllm.ts";
import { judgeFullGates, runFullGates } from "./full-gate.ts";
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

/** Sixteen requests at a time: a gate asks as many as its node answers. */
const FULL_START = { ...STANDARD_START, maxNumSeqs: 16 };

/**
 * Two complete gates on a real engine, 200 prompts in both modes each: what is the same passes, what is not fails. At most an
 * hour. One test.
 * @throws Error when the engine does not start or a run does not end
 */
export const testFullGate = (install: VllmInstall, print: (line: string) => void): Promise<Counts> =>
  withProduct(
    install,
    async ({ api, product }) => {
      const [customer] = product.customers;
      if (customer === undefined) throw new Error("the product has no customer");
      const problems = judgeFullGates(await runFullGates(api.admin, customer, print));
      for (const problem of problems) print(`  FAILED a complete gate: ${problem}`);
      return { passed: Number(problems.length === 0), failed: Number(problems.length > 0), skipped: 0 };
    },
    FULL_START,
  );
