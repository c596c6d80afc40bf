import type { LoadOutcome } from "#lib/vllm/node-client.ts";

/**
 * What to say of a load that is listed: whose view of the bytes was verified. Where the store is mounted, Switchyard
 * reads its own copy and a node might see another; where nodes fetch, the plugin there reads the node's own disk and
 * says so in its answer. Without that word nobody knows what the node read.
 */
export function loadedMessage(
  delivery: "shared" | "fetch",
  placement: { storePath: string },
  outcome: LoadOutcome,
): string {
  const listed = "Loaded, and listed with our path.";
  if (delivery === "shared") return `${listed} Switchyard verified the bytes in its own view of the store.`;
  const verified = outcome.kind === "accepted" ? outcome.verifiedDigest : undefined;
  const digest12 = placement.storePath.split("/").at(-1) ?? "";
  if (verified?.startsWith(digest12)) return `${listed} The node verified the bytes on its own disk.`;
  return `${listed} The node did not say that it verified the bytes: is the plugin installed there, with SWITCHYARD_ADAPTER_DIR?`;
}
