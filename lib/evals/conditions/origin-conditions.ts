import type { BaselineOrigin } from "../browser/baseline-schema.ts";
import { gateVersion } from "../gate-policy.ts";
import { normaliserVersion } from "../scoring/normalise-arguments.ts";
import { parseReply } from "../scoring/score-stored.ts";
import type { RunConditions } from "./run-conditions.ts";
import { samplingOf } from "./sampling.ts";

/** Requests in flight at most: it is a server of somebody else, which serves customers meanwhile. */
export const ORIGIN_CONCURRENCY = 8;

const UNKNOWN = "unknown";

/**
 * What is known of the conditions under which somebody else's deployment answers. Its engine, GPU, template and settings are
 * its owner's; they are `unknown` here, and are not compared.
 */
export const originConditions = (
  suiteHash: string,
  origin: BaselineOrigin,
  answeredAs: readonly string[],
): RunConditions => ({
  suiteHash,
  normaliserVersion,
  baseModel: UNKNOWN,
  vllmVersion: UNKNOWN,
  nodeGpu: UNKNOWN,
  toolParser: UNKNOWN,
  chatTemplateChecksum: UNKNOWN,
  engineSettings: UNKNOWN,
  gateVersion,
  sampling: samplingOf(suiteHash),
  concurrency: ORIGIN_CONCURRENCY,
  origin: { ...origin, answeredAs: [...answeredAs] },
});

/** Names of models in raw replies, each once; a reply that names none is passed over. */
export function modelsOf(rawReplies: readonly (string | null)[]): string[] {
  const names = rawReplies.flatMap((raw) => {
    const reply = raw === null ? null : parseReply(raw);
    const hasName = typeof reply === "object" && reply !== null && "model" in reply && typeof reply.model === "string";
    return hasName ? String((reply as { model: string }).model).slice(0, 200) : [];
  });
  return [...new Set(names)].sort();
}
