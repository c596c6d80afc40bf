import type { LoadError } from "./errors.ts";
import type { LoadOutcome } from "./node-client.ts";

/**
 * What a load really came to. `foreign`: the name is listed with a path that is not ours. `pending`: nobody knows yet;
 * the node may still be reading, so only further reads are allowed, no second load.
 */
export type LoadResult =
  | { state: "loaded" }
  | { state: "foreign"; root: string | null }
  | { state: "pending"; message: string }
  | { state: "failed"; error: LoadError };

/** Told to load and accepted, yet not listed: a restart in between, or somebody unloaded it. */
const VANISHED: LoadError = {
  class: "transient",
  code: "vanished_after_load",
  message: "The node accepted the adapter but does not list it.",
  fix: "It is retried. If it continues, check whether something else unloads adapters on this node.",
};

/**
 * Believes only what `/v1/models` lists: "already loaded" counts when our path is the root, an unknown outcome too.
 * @param listedRoot root of the name's card; undefined = the name is not listed
 */
export function resolveLoad(outcome: LoadOutcome, path: string, listedRoot: string | null | undefined): LoadResult {
  if (listedRoot !== undefined)
    return listedRoot === path ? { state: "loaded" } : { state: "foreign", root: listedRoot };
  switch (outcome.kind) {
    case "accepted":
      return { state: "failed", error: VANISHED };
    case "refused":
      return outcome.error.class === "already_loaded"
        ? {
            state: "failed",
            error: { ...VANISHED, message: "The node says it is loaded already but does not list it." },
          }
        : { state: "failed", error: outcome.error };
    case "unknown":
      return { state: "pending", message: outcome.message };
  }
}
