import { parseAnswered } from "#lib/vllm/answered.ts";
import { seenBackend } from "#lib/vllm/engine-backend.ts";
import { parseInFlight } from "#lib/vllm/in-flight.ts";
import { type NodeClient, NodeError } from "#lib/vllm/node-client.ts";
import { parseProcessStart } from "#lib/vllm/process-start.ts";
import { isReferenceName } from "../inspection/reference-name.ts";
import type { NodeState } from "../node-state.ts";
import { hasRestarted } from "./observe-node.ts";
import type { Poll } from "./poll.ts";

/**
 * One poll: what is listed, since when the process runs, whether its engine lives. The version is asked anew only after
 * a restart, since it cannot change otherwise, and where restarts may go unseen; what it works on is read while it drains.
 */
export async function pollNode(client: NodeClient, before: NodeState, signal: AbortSignal): Promise<Poll> {
  try {
    const [listing, metrics, engineHealthy] = await Promise.all([
      client.models(signal),
      readMetrics(client, signal),
      client.health(signal),
    ]);
    const { exposition, problem: metricsProblem } = metrics;
    const { simulated } = listing;
    // an adapter that an inspection tries the node out with is gone in a moment
    const cards = listing.cards.filter(({ id }) => !isReferenceName(id));
    const processStart = exposition === null ? null : parseProcessStart(exposition);
    const isAsked = before.drainDeadline !== null || before.placements.some(({ unloadedAt }) => unloadedAt !== null);
    const inFlight = exposition === null || !isAsked ? null : parseInFlight(exposition);
    const answered = exposition === null || before.epoch > 0 ? null : parseAnswered(exposition);
    const restarted = hasRestarted(before, processStart, new Set(cards.map((card) => card.id)));
    const isVersionKnown = before.engineVersion !== null && before.epoch > 0 && !restarted;
    const version =
      isVersionKnown && processStart !== null
        ? null
        : await client.version(signal).catch(isVersionKnown ? nullWhenSilent : nullWhenRefused);
    const backend = seenBackend({ version: version ?? before.engineVersion, exposition });
    const process = { processStart, version, backend, engineHealthy };
    return { kind: "seen", cards, simulated, metricsProblem, inFlight, answered, ...process };
  } catch (error) {
    if (!(error instanceof NodeError)) throw error;
    return { kind: "missed", fault: error.fault, message: `${error.message}${error.fix ? ` ${error.fix}` : ""}` };
  }
}

/** A node that serves with broken metrics serves all the same. */
async function readMetrics(
  client: NodeClient,
  signal: AbortSignal,
): Promise<{ exposition: string | null; problem: string | null }> {
  try {
    return { exposition: await client.metrics(signal), problem: null };
  } catch (error) {
    if (!(error instanceof NodeError)) throw error;
    return { exposition: null, problem: error.message };
  }
}

/** It may be switched off on a node that is fine otherwise. */
const nullWhenRefused = (error: unknown): null => {
  if (error instanceof NodeError && error.fault === "refused") return null;
  throw error;
};

/** Asked to be safe, about a version that is known: no answer changes nothing. */
const nullWhenSilent = (error: unknown): null => {
  if (error instanceof NodeError) return null;
  throw error;
};
