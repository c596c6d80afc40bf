import { type NodeClient, NodeError } from "#lib/vllm/node-client.ts";
import type { Look } from "./look.ts";
import type { NodeState } from "./node-state.ts";
import { hasRestarted } from "./observe-node.ts";

/**
 * One look: what is listed, since when the process runs, whether its engine lives. The version is asked anew only after
 * a restart, since it cannot change otherwise.
 */
export async function lookAtNode(client: NodeClient, before: NodeState, signal: AbortSignal): Promise<Look> {
  try {
    const [{ cards, simulated }, processStart, engineHealthy] = await Promise.all([
      client.models(signal),
      client.processStart(signal).catch(nullWhenRefused),
      client.health(signal),
    ]);
    const restarted = hasRestarted(before, processStart, new Set(cards.map((card) => card.id)));
    const isVersionKnown = before.engineVersion !== null && before.epoch > 0 && !restarted;
    const version = isVersionKnown ? null : await client.version(signal).catch(nullWhenRefused);
    return { kind: "seen", cards, simulated, processStart, engineHealthy, version };
  } catch (error) {
    if (!(error instanceof NodeError)) throw error;
    return { kind: "missed", fault: error.fault, message: `${error.message}${error.fix ? ` ${error.fix}` : ""}` };
  }
}

/** These may be switched off on a node that is fine otherwise. */
const nullWhenRefused = (error: unknown): null => {
  if (error instanceof NodeError && error.fault === "refused") return null;
  throw error;
};
