import { join } from "node:path";
import type { Env } from "#lib/platform/env.ts";
import { type DemoNode, demoNodes } from "#lib/sim/demo-nodes.ts";

/** Base of the demo fleet: its config, tokenizer and chat template are committed, its weights are a seed. */
const BASE_MODEL = { name: "switchyard/tiny-llama", directory: "e2e/fixtures/tiny-llama" } as const;

/** What the simulated nodes answer, by digest: written by the demo, read by the nodes only. */
export const scenarioFile = (env: Env): string => join(env.dataDir, "demo", "scenario.json");

/** Where the base's own files lie. */
export const modelDirectory = (root: string): string => join(root, BASE_MODEL.directory);

/** The demo's fleet; each node is a process of its own, so that killing one is killing one node. */
export const simNodes = (env: Env, root: string): DemoNode[] =>
  demoNodes({
    port: env.SIM_PORT,
    baseModel: BASE_MODEL.name,
    modelDir: modelDirectory(root),
    scenarioFile: scenarioFile(env),
    speed: env.SIM_SPEED,
  });
