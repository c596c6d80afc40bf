import { parseArgs } from "node:util";
import * as z from "zod";
import type { Log } from "#lib/platform/log.ts";
import { type Fault, FaultSchema } from "./faults/fault.ts";
import { SIM_NODE_DEFAULTS as D, type SimNodeInput } from "./options.ts";
import { startSimNode } from "./start-node.ts";

const FLAGS = {
  port: { type: "string" },
  host: { type: "string" },
  name: { type: "string" },
  "base-model": { type: "string" },
  "model-dir": { type: "string" },
  "engine-version": { type: "string" },
  "max-loras": { type: "string" },
  "max-cpu-loras": { type: "string" },
  "max-lora-rank": { type: "string" },
  "max-model-len": { type: "string" },
  "max-num-seqs": { type: "string" },
  speed: { type: "string" },
  seed: { type: "string" },
  "hash-seed": { type: "string" },
  scenario: { type: "string" },
  control: { type: "boolean" },
  fault: { type: "string", multiple: true },
  device: { type: "string" },
  "no-plugin": { type: "boolean" },
  "adapter-dir": { type: "string" },
  "no-lora": { type: "boolean" },
  "no-runtime-lora": { type: "boolean" },
  "dev-mode": { type: "boolean" },
  "tokenizer-info": { type: "boolean" },
  "track-load": { type: "boolean" },
} as const;

const count = (fallback: number) => z.coerce.number().int().min(1).default(fallback);

/** A fault as the control API takes it, in one argument. */
const FaultText = z.string().transform((text, context) => {
  try {
    return FaultSchema.parse(JSON.parse(text));
  } catch (error) {
    context.addIssue({
      code: "custom",
      message: `not a fault: ${error instanceof z.ZodError ? z.prettifyError(error) : text}`,
    });
    return z.NEVER;
  }
});

const FlagsSchema = z.object({
  port: z.coerce.number().int().min(0).max(65_535),
  host: z.string().default(D.host),
  name: z.string().default("sim"),
  "base-model": z.string(),
  "model-dir": z.string(),
  "engine-version": z.string().default(D.engineVersion),
  "max-loras": count(D.maxLoras),
  "max-cpu-loras": count(D.maxCpuLoras),
  "max-lora-rank": count(D.maxLoraRank),
  "max-model-len": count(D.maxModelLen),
  "max-num-seqs": count(D.maxNumSeqs),
  speed: z.coerce.number().positive().max(1000).default(D.speed),
  seed: z.coerce.number().int().default(D.seed),
  "hash-seed": z.coerce.number().int().min(0).max(0xffffffff).default(D.hashSeed),
  scenario: z.string().nullable().default(null),
  control: z.boolean().default(D.control),
  fault: z.array(FaultText).default([]),
  device: z.enum(["gpu", "cpu"]).default(D.device),
  "no-plugin": z.boolean().default(!D.plugin),
  "adapter-dir": z.string().nullable().default(D.adapterDir),
  "no-lora": z.boolean().default(!D.enablesLora),
  "no-runtime-lora": z.boolean().default(!D.allowsRuntimeLora),
  "dev-mode": z.boolean().default(D.devMode),
  "tokenizer-info": z.boolean().default(D.tokenizerInfo),
  "track-load": z.boolean().default(D.tracksLoad),
});

export type SimArgs = Omit<SimNodeInput, "log" | "apiKey"> & {
  /** Present from the start. */
  faults: readonly Fault[];
};

/** A dead engine takes its server down; for this long /health still says 503 first, as seen on 0.32.0. */
const DEATH_GRACE_MS = 100;

/** @throws Error that names each flag that is missing or wrong */
export function parseSimArgs(args: readonly string[]): SimArgs {
  const { values } = parseArgs({ args: [...args], options: FLAGS, strict: true });
  const parsed = FlagsSchema.safeParse(values);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  --${issue.path.join(".")}: ${issue.message}`);
    throw new Error(`Bad flags for a simulated node:\n${lines.join("\n")}`);
  }
  const flags = parsed.data;
  return {
    port: flags.port,
    host: flags.host,
    name: flags.name,
    baseModel: flags["base-model"],
    modelDir: flags["model-dir"],
    engineVersion: flags["engine-version"],
    maxLoras: flags["max-loras"],
    maxCpuLoras: flags["max-cpu-loras"],
    maxLoraRank: flags["max-lora-rank"],
    maxModelLen: flags["max-model-len"],
    maxNumSeqs: flags["max-num-seqs"],
    speed: flags.speed,
    seed: flags.seed,
    hashSeed: flags["hash-seed"],
    scenarioFile: flags.scenario,
    control: flags.control,
    faults: flags.fault,
    device: flags.device,
    plugin: !flags["no-plugin"],
    adapterDir: flags["adapter-dir"],
    enablesLora: !flags["no-lora"],
    allowsRuntimeLora: !flags["no-runtime-lora"],
    devMode: flags["dev-mode"],
    tokenizerInfo: flags["tokenizer-info"],
    tracksLoad: flags["track-load"],
  };
}

/**
 * One simulated node as a process of its own, so that killing it kills what a real one would lose.
 * @param deps.apiKey as vLLM's VLLM_API_KEY; not a flag, since flags show in process lists
 * @returns the exit code: 0 after `signal`, 1 when the engine died
 */
export async function runSimNode(
  args: readonly string[],
  deps: { log: Log; signal: AbortSignal; apiKey: string | null },
): Promise<number> {
  const { faults, ...options } = parseSimArgs(args);
  const node = await startSimNode({ ...options, log: deps.log, apiKey: deps.apiKey });
  for (const fault of faults) node.inject(fault);
  deps.log.info("simulated node listening", { node: node.name, url: node.url });
  const stopped = new Promise<"stopped">((resolve) => {
    if (deps.signal.aborted) resolve("stopped");
    deps.signal.addEventListener("abort", () => resolve("stopped"), { once: true });
  });
  const end = await Promise.race([stopped, node.died.then(() => "died" as const)]);
  if (end === "stopped") {
    await node.stop();
    return 0;
  }
  await new Promise((resolve) => setTimeout(resolve, DEATH_GRACE_MS));
  await node.kill();
  return 1;
}
