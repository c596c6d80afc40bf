import type { Located } from "../proxy/splice-model.ts";
import type { Target } from "../routing/resolve-target.ts";
import type { PoolEntry, Snapshot } from "../snapshot/snapshot.ts";
import type { Asked } from "./asked-path.ts";
import { type Rejection, reject } from "./rejection.ts";

/**
 * Embeddings and responses are answered by pools that are set to. Nothing of a response is ever kept on a node: one
 * customer's could be read by whoever guesses its id.
 * @returns why a request is not passed on; null = it is
 */
export function refuseOptional(
  { path, optional }: Extract<Asked, { kind: "inference" }>,
  located: Located,
  target: Target,
  snapshot: Snapshot,
): Rejection | null {
  if (optional === null) return null;
  const pool = poolOf(target, snapshot);
  const isServed = optional === "embeddings" ? pool?.servesEmbeddings : pool?.servesResponses;
  if (!isServed) return reject("endpoint_not_served", { says: `This model does not answer ${path}.`, param: "model" });
  return optional === "responses" && located.wantsStore ? reject("stored_responses_refused", { param: "store" }) : null;
}

function poolOf(target: Target, snapshot: Snapshot): PoolEntry | undefined {
  switch (target.kind) {
    case "adapter":
      return snapshot.pools.get(target.adapter.poolId);
    case "base":
      return target.pool;
    case "pinned":
      return snapshot.pools.get(target.version.poolId);
  }
}
