import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, vi } from "vitest";
import { runCutoverLoop } from "#lib/cutover/loop.ts";
import { AnswerKey } from "#lib/demo/answer-key.ts";
import { runEvalLoop } from "#lib/evals/loop.ts";
import type { Run } from "#lib/evals/schema.ts";
import { runReconcileLoop } from "#lib/fleet/reconcile/loop.ts";
import { startGateway } from "#lib/gateway/start-gateway.ts";
import type { Behaviour } from "#lib/sim/answers/scenario.ts";
import type { SimNode } from "#lib/sim/start-node.ts";
import { addPool, startNode } from "./fleet.ts";
import { type RunningLoop, runningLoop } from "./running-loop.ts";
import { createTestApi, type TestApi } from "./test-api.ts";

/** Its suite is the one that the nodes know the answers of. */
export const SUITE_SEED = "acme";
export const SERVING = "node-a";
export const STANDALONE = "node-s";

export type GateFleet = {
  api: TestApi;
  poolId: string;
  gatewayPort: number;
  /** Runs a version's gate to its end. */
  evaluate(versionId: string): Promise<Run>;
  /** How well one node answers from now on, whichever adapter is asked. */
  behave(node: string, behaviour: Behaviour): Promise<void>;
  /** The node goes away and comes back as another release of vLLM, with nothing loaded. */
  upgrade(node: string, engineVersion: string): Promise<void>;
  close(): Promise<void>;
};

/** Seldom enough to cost little beside thousands of prompts. */
export const until = { timeout: 240_000, interval: 400 };

/** A pool of one serving and one standalone node that know a suite's answers, with gateway and loops. */
export async function createGateFleet(): Promise<GateFleet> {
  const api = await createTestApi();
  const directory = await mkdtemp(join(tmpdir(), "switchyard-scenario-"));
  const key = new AnswerKey();
  key.add({ seed: SUITE_SEED, count: 200 });
  const scenarioFile = (node: string) => join(directory, `${node}.json`);
  const behave = async (node: string, fallback: Behaviour) =>
    writeFile(scenarioFile(node), JSON.stringify({ ...key.scenario({}), fallback }));
  const { id: poolId } = await addPool(api.admin, api.deps.adapterStore, { maxLoras: 12, maxCpuLoras: 48 });
  const nodes = new Map<string, SimNode>();
  const start = async (name: string, port = 0, more: { engineVersion?: string } = {}) => {
    const limits = { maxLoras: 12, maxCpuLoras: 48 };
    const node = await startNode(name, port, { ...limits, ...more, scenarioFile: scenarioFile(name) });
    nodes.set(name, node);
    return node;
  };
  for (const name of [SERVING, STANDALONE]) {
    await behave(name, { skill: 1, flake: 0, brokenCategories: [] });
    const { url } = await start(name);
    const body = { poolId, name, baseUrl: url, standalone: name === STANDALONE, gpu: "A100" };
    await api.admin.call("POST /nodes", { body });
  }
  const { db, secrets, log } = api.deps;
  const gateway = await startGateway({ db, secrets, log, port: 0, metricsPort: 0, metricsHost: "127.0.0.1" });
  const deps = { ...api.deps, gatewayUrl: `http://127.0.0.1:${gateway.port}` };
  const loops: RunningLoop[] = [
    runningLoop((signal) => runReconcileLoop(deps, signal, { intervalMs: 500 })),
    runningLoop((signal) => runEvalLoop(deps, signal)),
    runningLoop((signal) => runCutoverLoop(deps, signal)),
  ];
  return {
    api,
    poolId,
    gatewayPort: gateway.port,
    async evaluate(versionId) {
      const { id } = await api.admin.call("POST /versions/{versionId}/runs", { params: { versionId }, body: {} });
      return vi.waitFor(async () => {
        const run = await api.admin.call("GET /runs/{runId}", { params: { runId: id } });
        expect(run.state, run.message ?? "").toBe("completed");
        return run;
      }, until);
    },
    behave,
    async upgrade(name, engineVersion) {
      const old = nodes.get(name);
      if (old === undefined) throw new Error(`there is no node ${name}`);
      await old.stop();
      await start(name, old.port, { engineVersion });
      await vi.waitFor(async () => {
        const { items } = await api.admin.call("GET /nodes", { query: { poolId } });
        expect(items.find((node) => node.name === name)).toMatchObject({ engineVersion });
      }, until);
    },
    async close() {
      await Promise.all(loops.map((loop) => loop.stop()));
      await gateway.stop();
      await Promise.all([...nodes.values()].map((node) => node.stop()));
      await api.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
