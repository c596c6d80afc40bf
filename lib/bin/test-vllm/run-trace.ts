import { SEEDED_KINDS } from "#lib/vllm/contract/adapters.ts";
import { load, pluginCounts, runFor, unload } from "#lib/vllm/contract/ask.ts";
import { type ContractNode, type EngineStart, STANDARD_START } from "#lib/vllm/contract/point.ts";
import type { NodeUnderTest } from "#lib/vllm/contract/run-points.ts";
import { compareTrace, type Sight, type TraceReport } from "./compare-trace.ts";
import { planTrace, type TraceEvent, type TracePlan } from "./plan-trace.ts";

/** Two slots and four host copies for eight adapters; freshly started, since the model begins with empty tiers. */
export const TRACE_START: EngineStart = { ...STANDARD_START, maxLoras: 2, maxCpuLoras: 4 };

/**
 * Runs a trace on a node with the plugin, reads its counters and tiers after every event, and compares them with the cache
 * model.
 * @param node freshly started with TRACE_START
 * @throws Error when a request or a load fails: the trace is then worth nothing
 */
export async function runTrace(node: NodeUnderTest, plan: TracePlan): Promise<TraceReport> {
  const asked: ContractNode = { ...node, start: TRACE_START, name: (label) => label };
  const events = planTrace(plan);
  const sights = [await readSight(asked)];
  for (const event of events) {
    await carryOut(asked, event);
    sights.push(await readSight(asked));
  }
  return compareTrace(events, sights, { maxLoras: TRACE_START.maxLoras, maxCpuLoras: TRACE_START.maxCpuLoras });
}

async function readSight(node: ContractNode): Promise<Sight> {
  await node.settle();
  const samples = await node.samples();
  const tiers = new Map<string, "gpu" | "cpu">();
  for (const { name, labels, value } of samples)
    if (name === "switchyard_lora_residency" && value === 1)
      tiers.set(labels.lora_name ?? "", labels.tier === "gpu" ? "gpu" : "cpu");
  return { counts: pluginCounts(samples), tiers };
}

async function carryOut(node: ContractNode, event: TraceEvent): Promise<void> {
  const expectOk = (what: string, { status, text }: { status: number; text: string }) => {
    if (status !== 200) throw new Error(`${what} answered ${status}: ${text.slice(0, 300)}`);
  };
  switch (event.kind) {
    case "load":
      return expectOk(
        `loading ${event.adapter}`,
        await load(node, event.adapter, SEEDED_KINDS[event.files] ?? "seeded-1"),
      );
    case "unload":
      return expectOk(`unloading ${event.adapter}`, await unload(node, event.adapter));
    case "ask":
      return expectOk("a request", await runFor(node, event.adapter ?? node.baseModel, event.tokens));
    case "wave": {
      const replies = event.adapters.map((adapter) => runFor(node, adapter, event.tokens));
      for (const reply of await Promise.all(replies)) expectOk("a request", reply);
    }
  }
}
