import type { Clock } from "#lib/platform/clock.ts";
import { errorText } from "#lib/platform/errors.ts";
import type { Log } from "#lib/platform/log.ts";
import { type NodeClient, NodeError } from "#lib/vllm/node-client.ts";
import { resolveLoad } from "#lib/vllm/resolve-load.ts";
import { probeMessage } from "../reconcile/load-probe.ts";
import { createProber } from "../reconcile/prober.ts";
import type { Delivery } from "./judge-delivery.ts";
import { loraCards } from "./node-facts.ts";
import { writeReferenceAdapter } from "./reference-adapter.ts";
import { isReferenceName } from "./reference-name.ts";

type Proof = {
  adapterStore: string;
  clock: Clock;
  log: Log;
  client: NodeClient;
  baseName: string;
  mixesBaseRows: boolean;
  pool: { baseModel: string; baseConfig: Record<string, unknown>; adapterDirectory: string };
};

/** A node that reads half a megabyte for longer than this does not see a local directory. */
const PROOF_MS = 60_000;

/**
 * Proves that a node reads the adapter store: a fresh reference adapter is written there, loaded, seen in the listing
 * with our path, probed against the base model and unloaded again. Whatever goes wrong is a result, not an error.
 */
export async function proveDelivery(proof: Proof): Promise<Delivery> {
  const reference = await writeReferenceAdapter(proof.adapterStore, proof.clock, proof.pool).catch(errorText);
  if (typeof reference === "string") return { kind: "not_written", message: reference };
  const { loraName, storePath } = reference;
  const path = `${proof.pool.adapterDirectory.replace(/\/+$/, "")}/${storePath}`;
  const signal = AbortSignal.timeout(PROOF_MS);
  let isLeft = true;
  try {
    const tried = await tryOnNode(proof, { loraName, path }, signal);
    isLeft = !(await unloadAll(proof));
    return isLeft ? { kind: "left_loaded", loraName, path } : tried;
  } catch (error) {
    if (!(error instanceof NodeError) && !signal.aborted) throw error;
    isLeft = !(await unloadAll(proof).catch(() => false));
    return { kind: "failed", path, message: errorText(error) };
  } finally {
    // files under a name that may be loaded still must stay: vLLM ends when it cannot read them again
    if (!isLeft) await reference.remove();
  }
}

async function tryOnNode(
  { client, baseName, mixesBaseRows, clock, log }: Proof,
  adapter: { loraName: string; path: string },
  signal: AbortSignal,
): Promise<Delivery> {
  const { loraName, path } = adapter;
  const outcome = await client.load(adapter, signal);
  const card = (await client.models(signal)).cards.find(({ id }) => id === loraName);
  const result = resolveLoad(outcome, path, card && (card.root ?? null));
  switch (result.state) {
    case "foreign":
      return { kind: "failed", path, message: `It lists the adapter with another path, ${result.root ?? "none"}.` };
    case "pending":
      return { kind: "failed", path, message: result.message };
    case "failed":
      return result.error.code === "path_not_found_on_node"
        ? { kind: "not_seen", path, message: result.error.message }
        : { kind: "failed", path, message: result.error.message };
    case "loaded": {
      const prober = createProber({ client, baseName, mixesBaseRows, now: () => clock.now(), log });
      const probe = await prober.probe(loraName, signal);
      if (probe.outcome === "effect") return { kind: "proven", path };
      return { kind: "failed", path, message: probeMessage(probe) };
    }
  }
}

/** Also what an earlier proof left behind. @returns whether none is listed any more */
async function unloadAll({ client }: Proof): Promise<boolean> {
  const listed = async () => loraCards((await client.models()).cards).filter(({ id }) => isReferenceName(id));
  for (const { id } of await listed()) await client.unload(id);
  return (await listed()).length === 0;
}
