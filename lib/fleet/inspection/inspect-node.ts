import type { Deps } from "#lib/identity/ctx.ts";
import { type AppError, invalid, invalidField } from "#lib/platform/errors.ts";
import type { PoolRecord } from "#lib/pools/store.ts";
import { engineBackend } from "#lib/vllm/engine-backend.ts";
import { engineLimits, type VisibleLimits } from "#lib/vllm/engine-limits.ts";
import { engineProfile } from "#lib/vllm/engine-profile.ts";
import { createNodeClient, NodeError } from "#lib/vllm/node-client.ts";
import type { NodeLimits, OnboardingFinding } from "../schema.ts";
import { gatherFacts, type NodeAddress } from "./gather-facts.ts";
import { type Delivery, judgeDelivery } from "./judge-delivery.ts";
import { judgeEngine } from "./judge-engine.ts";
import { limitsOf } from "./judge-limits.ts";
import { judgeOnboarding, type PoolToJoin, refusals } from "./judge-onboarding.ts";
import type { TokenReference } from "./judge-tokens.ts";
import { baseCards, loraCards, type NodeFacts } from "./node-facts.ts";
import { proveDelivery } from "./prove-delivery.ts";
import { proveGuard } from "./prove-guard.ts";
import { isReferenceName } from "./reference-name.ts";

/** The pool that a node is to join or is in, with what its other nodes tell. */
export type PoolContext = { pool: PoolRecord; first: TokenReference["first"] };

export type Inspection = {
  facts: NodeFacts;
  findings: OnboardingFinding[];
  /** What is kept of them: all but the release's known faults, which are matched anew whenever they are read. */
  report: OnboardingFinding[];
  /** null without a pool. */
  limits: NodeLimits | null;
  unmanagedAdapters: { loraName: string; root: string | null }[];
};

type World = Pick<Deps, "outbound" | "clock" | "log" | "adapterStore">;

/**
 * Inspects a node from every side and says what it found; nothing is written to the catalog. With a pool, a reference
 * adapter is loaded and unloaded again, unless adapters of the store are proven there already.
 * @param provenAdapters how many are
 * @throws AppError `invalid` naming baseUrl or apiKey when it is no vLLM server, does not answer or refuses our key
 */
export async function inspectNode(
  world: World,
  node: NodeAddress,
  context: PoolContext | null,
  provenAdapters = 0,
): Promise<Inspection> {
  try {
    return await inspect(world, node, context, provenAdapters);
  } catch (error) {
    throw error instanceof NodeError ? fieldOf(error) : error;
  }
}

/** @throws AppError `invalid` with every problem of the node, so that it is not added */
export function refuseProblems({ findings }: Inspection): void {
  const problems = refusals(findings);
  if (problems.length > 0) throw invalid(problems);
}

async function inspect(
  world: World,
  node: NodeAddress,
  context: PoolContext | null,
  provenAdapters: number,
): Promise<Inspection> {
  const first = await gatherFacts(world, node);
  const judged = judgeOnboarding(first, context && poolToJoin(context));
  const delivery = await tryDelivery(world, node, { facts: first, context, provenAdapters, judged });
  // an adapter has been used now, so the engine may show more of its limits than before
  const facts = delivery.kind === "proven" ? { ...first, visible: await readVisible(world, node, first) } : first;
  const { adapterStore } = world;
  const adapterDirectory = context?.pool.adapterDirectory ?? adapterStore;
  const report = [
    ...judgeOnboarding(facts, context && poolToJoin(context)),
    judgeDelivery(delivery, { adapterStore, adapterDirectory }),
  ];
  return {
    facts,
    findings: [...report, ...judgeEngine(facts)],
    report,
    limits: context === null ? null : limitsOf(facts, context.pool),
    unmanagedAdapters: loraCards(facts.cards)
      .filter(({ id }) => !isReferenceName(id))
      .map(({ id, root }) => ({ loraName: id, root: root ?? null })),
  };
}

const poolToJoin = ({ pool, first }: PoolContext): PoolToJoin => ({
  ...pool,
  tokens: {
    vocabSize: pool.baseShapes?.vocabSize ?? null,
    chatTemplateChecksum: pool.chatTemplateChecksum,
    first,
  },
});

async function tryDelivery(
  { adapterStore, clock, log, outbound }: World,
  node: NodeAddress,
  {
    facts,
    context,
    provenAdapters,
    judged,
  }: { facts: NodeFacts; context: PoolContext | null; provenAdapters: number; judged: OnboardingFinding[] },
): Promise<Delivery> {
  const baseName = baseCards(facts.cards)[0]?.id;
  if (context === null) return { kind: "not_tried", why: "no_pool" };
  const { pool } = context;
  const fetches = pool.delivery === "fetch";
  if (provenAdapters > 0 && !fetches) return { kind: "in_use", adapters: provenAdapters };
  if (baseName === undefined || refusals(judged).length > 0) return { kind: "not_tried", why: "problems" };
  const client = createNodeClient({ ...node, outbound, engineVersion: facts.version });
  if (fetches) return proveGuard(client, pool.adapterDirectory);
  if (isUnsafeToLoad(facts)) return { kind: "not_tried", why: "unsafe" };
  if (pool.baseShapes === null) return { kind: "not_tried", why: "unknown_shapes" };
  const mixesBaseRows = engineBackend(facts.backend, null) === "cpu";
  return proveDelivery({ adapterStore, clock, log, client, baseName, mixesBaseRows, pool });
}

/** Trying a node out must not hurt whoever it serves already. */
const isUnsafeToLoad = ({ version, cards }: NodeFacts): boolean =>
  loraCards(cards).some(({ id }) => !isReferenceName(id)) &&
  engineProfile(version).advisories.some(({ code }) => code === "engine_wrong_adapter_under_load");

async function readVisible({ outbound }: World, node: NodeAddress, { visible }: NodeFacts): Promise<VisibleLimits> {
  const shown = engineLimits(await createNodeClient({ ...node, outbound }).metrics());
  return { ...visible, maxLoras: shown.maxLoras ?? visible.maxLoras };
}

function fieldOf(error: NodeError): AppError {
  const fix = error.fix ?? "Check the address, and that the engine runs.";
  switch (error.fault) {
    case "unauthorized":
      return invalidField("apiKey", "node_unauthorized", error.message, fix);
    case "not_vllm":
      return invalidField("baseUrl", "not_vllm", error.message, fix);
    case "unreachable":
    case "timeout":
    case "refused":
      return invalidField("baseUrl", `node_${error.fault}`, error.message, fix);
  }
}
