import { type AppError, invalid, invalidField } from "#lib/platform/errors.ts";
import type { Outbound } from "#lib/platform/outbound.ts";
import { createNodeClient, type NodeClient, NodeError } from "#lib/vllm/node-client.ts";
import { judgeOnboarding, type NodeFacts } from "./judge-onboarding.ts";
import type { OnboardingFinding } from "./schema.ts";

/** A name no node has; the answer to it must be 404. */
const NO_SUCH_MODEL = "switchyard--no-such-model";

export type Inspection = { facts: NodeFacts; findings: OnboardingFinding[] };

/**
 * Looks at a node before it is added. Nothing is loaded and nothing is written.
 * @throws AppError `invalid` naming baseUrl or apiKey, with what to do
 */
export async function inspectNode(
  outbound: Outbound,
  node: { baseUrl: string; apiKey: string | null },
  pool: { baseModel: string },
): Promise<Inspection> {
  const client = createNodeClient({ ...node, outbound });
  const facts = await gatherFacts(client, node.apiKey !== null).catch((error) => {
    throw error instanceof NodeError ? fieldOf(error) : error;
  });
  const { problems, findings } = judgeOnboarding(facts, pool);
  if (problems.length > 0) throw invalid(problems);
  return { facts, findings };
}

/** The listing first: it is what a web page or another server cannot fake. */
async function gatherFacts(client: NodeClient, hasKey: boolean): Promise<NodeFacts> {
  const listing = await client.models();
  const version = await client.version().catch(ignoreRefusal);
  const engineHealthy = await client.health();
  const processStart = await client.processStart().catch(ignoreRefusal);
  const canLoad = await client.canLoad();
  const unknownModelStatus = await statusOfUnknownModel(client);
  return { ...listing, version, engineHealthy, processStart, canLoad, unknownModelStatus, hasKey };
}

/** These two may be switched off; the report then says "unknown". Anything worse is told. */
const ignoreRefusal = (error: unknown): null => {
  if (error instanceof NodeError && error.fault === "refused") return null;
  throw error;
};

async function statusOfUnknownModel(client: NodeClient): Promise<number> {
  try {
    await client.completion({ model: NO_SUCH_MODEL, prompt: "hello", max_tokens: 1, temperature: 0 });
    return 200;
  } catch (error) {
    if (error instanceof NodeError && error.fault === "refused") return error.status;
    throw error;
  }
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
