import type { LoadErrorClass } from "#lib/vllm/errors.ts";
import type { LoadOutcome } from "#lib/vllm/node-client.ts";
import { UNPROVEN } from "../placement-condition.ts";

/** Why the bytes of a load do not count, and when it is worth another try. */
export type Unproven = { code: string; message: string; retry: LoadErrorClass | "settled" };

export type Proof =
  /** `verifiedDigest`: null = the node proved nothing; Switchyard's own reading of the shared store counts. */
  { kind: "proven"; verifiedDigest: string | null; message: string } | ({ kind: "unproven" } & Unproven);

type Load = {
  pool: { delivery: "shared" | "fetch"; adapterDirectory: string };
  /** Of the version. */
  digest: string;
  outcome: LoadOutcome;
  /** In a shared store: the files are the ones that were verified, untouched since. */
  isUntouched: boolean;
};

/**
 * Whether a load that the node lists counts: whose view of the bytes was verified. Where nodes fetch, only the plugin on the
 * node can say which bytes are on its disk, and says so in its answer; without that word the load is void. In a shared
 * store Switchyard verified its own view, which must not have been touched since; a plugin's word is checked as well.
 */
export function judgeProof({ pool, digest, outcome, isUntouched }: Load): Proof {
  const verifiedDigest = outcome.kind === "accepted" ? (outcome.verifiedDigest ?? null) : null;
  const listed = "Loaded, and listed with our path.";
  if (verifiedDigest !== null && verifiedDigest !== digest)
    return unproven(
      "fetched_digest_mismatch",
      `The node loaded bytes with the digest ${verifiedDigest.slice(0, 12)} instead of ${digest.slice(0, 12)}, so it was unloaded. Find out who changes files in the node's ${pool.adapterDirectory}.`,
      "permanent",
    );
  if (verifiedDigest !== null)
    return { kind: "proven", verifiedDigest, message: `${listed} The node verified the bytes on its own disk.` };
  if (pool.delivery === "fetch")
    return outcome.kind === "accepted"
      ? unproven(
          UNPROVEN,
          `The node loaded it without proving which bytes it read, so it was unloaded. Install Switchyard's plugin on the node, start the engine with SWITCHYARD_ADAPTER_DIR=${pool.adapterDirectory}, then inspect the node again.`,
          "permanent",
        )
      : unproven(
          UNPROVEN,
          "The node lists it, but no proof of the bytes came with its answer. It was unloaded, and is loaded again.",
          "transient",
        );
  if (!isUntouched)
    return unproven(
      "files_touched",
      "The stored files changed while the node loaded them, so the adapter was unloaded. The files are verified again before the next try.",
      "transient",
    );
  return {
    kind: "proven",
    verifiedDigest: null,
    message: `${listed} Switchyard verified the bytes in its own view of the store.`,
  };
}

const unproven = (code: string, message: string, retry: Unproven["retry"]): Proof => ({
  kind: "unproven",
  code,
  message,
  retry,
});
