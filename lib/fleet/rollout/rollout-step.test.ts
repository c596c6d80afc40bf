import { describe, expect, it } from "vitest";
import { nextRolloutStep, type RolloutFacts, type RolloutNodeFacts } from "./rollout-step.ts";

const NOW = new Date("2026-11-24T10:00:00.000Z");
const LATER = new Date("2026-11-24T10:05:00.000Z");
const target = { maxLoras: 8, maxCpuLoras: 32, maxLoraRank: 16, maxModelLen: 8192, gpuMemoryUtilization: 0.9 } as const;
const shown = { maxLoras: 8, maxCpuLoras: 32, maxLoraRank: 16, gpuMemoryUtilization: 0.9 };
const silent = { maxLoras: null, maxCpuLoras: null, maxLoraRank: null, gpuMemoryUtilization: null };

const node = (overrides: Partial<RolloutNodeFacts> = {}): RolloutNodeFacts => ({
  standalone: false,
  cordoned: true,
  isDraining: false,
  drainMessage: null,
  isServing: true,
  epoch: 4,
  limits: shown,
  maxModelLen: 8192,
  placements: [],
  ...overrides,
});
const facts = (overrides: Partial<RolloutFacts> = {}, of: Partial<RolloutNodeFacts> = {}): RolloutFacts => ({
  phase: "pending",
  deadline: LATER,
  epochBefore: 3,
  wasCordoned: false,
  routableBefore: ["ver_a"],
  target,
  node: node(of),
  othersServe: true,
  isOnlyServing: false,
  ...overrides,
});
const adapter = (state: "routable" | "loading" | "failed", versionId = "ver_a") => ({
  versionId,
  loraName: versionId.replace("ver_", "acme--bot--"),
  isRoutable: state === "routable",
  isFailed: state === "failed",
  message: "It changes nothing.",
});

type Row = [name: string, facts: RolloutFacts, kind: string, message?: RegExp];
const rows: Row[] = [
  ["a node that serves begins while others do", facts({}, { cordoned: false }), "drain"],
  ["the last that serves waits", facts({ othersServe: false }, { cordoned: false }), "wait", /no other node/],
  ["the only one there is begins", facts({ othersServe: false, isOnlyServing: true }, { cordoned: false }), "drain"],
  ["one that is out of service begins whatever others do", facts({ othersServe: false }), "drain"],
  ["one that is away begins whatever others do", facts({ othersServe: false }, { isServing: false }), "drain"],
  ["a baseline node begins whatever others do", facts({ othersServe: false }, { standalone: true }), "drain"],

  ["a drain is waited for", facts({ phase: "draining" }, { isDraining: true }), "wait"],
  ["a drained node is restarted", facts({ phase: "draining" }, { drainMessage: "Drained." }), "restart", /Drained/],
  ["one that somebody uncordoned is left alone", facts({ phase: "draining" }, { cordoned: false }), "fail"],

  ["the old process is waited for", facts({ phase: "restarting" }, { epoch: 3 }), "wait"],
  ["a new process that does not serve yet, too", facts({ phase: "restarting" }, { isServing: false }), "wait"],
  ["a new process with the target's limits restores", facts({ phase: "restarting" }), "restore"],
  ["one that shows no limits as well", facts({ phase: "restarting" }, { limits: silent }), "restore"],
  [
    "one with other limits stops everything",
    facts({ phase: "restarting" }, { limits: { ...shown, maxLoras: 4 } }),
    "fail",
    /max_loras is 4 instead of 8.*command below/,
  ],
  [
    "a context length of its own, too",
    facts({ phase: "restarting" }, { maxModelLen: 4096 }),
    "fail",
    /max_model_len is 4096/,
  ],
  ["no new process in time", facts({ phase: "restarting", deadline: NOW }, { epoch: 3 }), "fail", /No new engine/],
  ["a new process at the last moment counts", facts({ phase: "restarting", deadline: NOW }), "restore"],

  [
    "what comes back is waited for",
    facts({ phase: "restoring" }, { placements: [adapter("routable", "ver_b"), adapter("loading")] }),
    "wait",
    /1 of 2/,
  ],
  ["all back", facts({ phase: "restoring" }, { placements: [adapter("routable")] }), "finish", /new limits\.$/],
  ["limits that only show in use", facts({ phase: "restoring" }, { limits: { ...shown, maxLoras: 4 } }), "fail"],
  ["limits that never show are said", facts({ phase: "restoring" }, { limits: silent }), "finish", /max_loras/],
  [
    "an adapter that worked before and fails now",
    facts({ phase: "restoring" }, { placements: [adapter("failed"), adapter("loading", "ver_b")] }),
    "fail",
    /acme--bot--a worked here before/,
  ],
  [
    "one that failed before holds nothing up",
    facts({ phase: "restoring" }, { placements: [adapter("failed", "ver_b")] }),
    "finish",
  ],
  [
    "not all back in time",
    facts({ phase: "restoring", deadline: NOW }, { placements: [adapter("loading")] }),
    "fail",
    /1 adapters were not loaded again/,
  ],
  ["a removed node is passed over", { ...facts({ phase: "restarting" }), node: null }, "skip"],
  ["nothing is done twice", facts({ phase: "done" }), "wait"],
];

describe("nextRolloutStep", () => {
  it.each(rows)("%s", (_name, of, kind, message = /^/) => {
    const step = nextRolloutStep(of, NOW);
    expect(step.kind).toBe(kind);
    expect("message" in step ? step.message : "").toMatch(message);
  });
});
