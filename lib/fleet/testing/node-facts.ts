import { DOORS } from "#lib/vllm/open-doors.ts";
import type { NodeFacts } from "../inspection/node-facts.ts";

export const BASE = "meta-llama/Llama-3.1-8B-Instruct";

/** What a node tells about which nothing at all is wrong, in a pool that has another such node. */
export const goodFacts: NodeFacts = {
  version: "0.32.0",
  cards: [{ id: BASE, root: "/models/llama", parent: null, max_model_len: 8192 }],
  simulated: false,
  engineHealthy: true,
  canLoad: true,
  loraEnabled: true,
  unknownModelStatus: 404,
  processStart: new Date(0),
  asksForKey: true,
  visible: { maxLoras: 12, maxCpuLoras: 48, maxLoraRank: 16, gpuMemoryUtilization: 0.9 },
  dtype: null,
  backend: null,
  engines: 1,
  clockSkewSeconds: 0.4,
  doors: new Map(DOORS.map(({ path }) => [path, "closed"])),
  fingerprints: { tokenizer: "aa".repeat(32), chatTemplate: "bb".repeat(32) },
  largestTokenId: 127_999,
  chatTemplate: null,
  toolProbe: { kind: "called" },
};
