import { parseArgs } from "node:util";
import { errorText } from "#lib/platform/errors.ts";
import type { SoakOptions, SoakResult } from "./soak-result.ts";

const SOAKS: Record<string, (options: SoakOptions) => Promise<SoakResult>> = {
  gateway: async (options) => (await import("./steady.ts")).soakSteady(options),
  chaos: async (options) => (await import("./chaos.ts")).soakChaos(options),
  fuzz: async (options) => (await import("./fuzz.ts")).soakFuzz(options),
  isolation: async (options) => (await import("./isolation.ts")).soakIsolation(options),
  honesty: async (options) => (await import("./honesty.ts")).soakHonesty(options),
  parser: async (options) => (await import("./parser.ts")).soakParser(options),
};
export const SOAK_NAMES: readonly string[] = Object.keys(SOAKS);
const USAGE = `npm run soak -- <${SOAK_NAMES.join("|")}> [--seed n] [--scale x]`;

/** Runs one soak. @returns the exit status: 0 only when nothing was found that must not be */
export async function runSoak(
  args: readonly string[],
  out: { log(line: string): void; print(line: string): void },
): Promise<number> {
  const asked = readArgs(args);
  const soak = asked && SOAKS[asked.name];
  if (!asked || !soak) {
    out.log(USAGE);
    return 2;
  }
  const { name, seed, scale } = asked;
  try {
    const { summary, faults } = await soak({ seed, scale, log: out.log });
    for (const fault of faults) out.log(`  ${fault}`);
    out.print(`${faults.length === 0 ? "ok" : "FAILED"} soak ${name} (seed ${seed}): ${summary}`);
    return faults.length === 0 ? 0 : 1;
  } catch (error) {
    out.print(`FAILED soak ${name} (seed ${seed}): ${errorText(error)}`);
    return 1;
  }
}

/** @returns null when that is no way to call it */
function readArgs(args: readonly string[]): { name: string; seed: number; scale: number } | null {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { seed: { type: "string", default: "1" }, scale: { type: "string", default: "1" } },
    });
    const [name = "", ...more] = positionals;
    const [seed, scale] = [Number(values.seed), Number(values.scale)];
    return more.length === 0 && Number.isInteger(seed) && scale > 0 ? { name, seed, scale } : null;
  } catch {
    return null; // an option that does not exist
  }
}
