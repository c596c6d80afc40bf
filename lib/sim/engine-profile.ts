/** What differs between the vLLM releases a node can pretend to be. Default: the newest read from source. */
export const DEFAULT_ENGINE_VERSION = "0.32.0";

export type EngineProfile = {
  version: string;
  /** Errors as `{error: {…}}`; before 0.10.1 flat. */
  nestsErrors: boolean;
  /** A load reads the files; before 0.7.0 it answered 200 to anything and the first request found out. */
  validatesOnLoad: boolean;
  /** Status of a load that the engine refused: 400 before 0.18, 500 since. */
  refusedLoadStatus: 400 | 500;
  /** Unknown name on unload: 400 `InvalidUserInput` before 0.7.0, 404 since. */
  unknownUnloadStatus: 400 | 404;
  /**
   * A load under the base model's own name: refused since some release after 0.28; accepted before. Which of the two then
   * answers changed between 0.7 and 0.10.
   */
  baseName: "refused" | "adapter_answers" | "base_answers";
  /** `load_inplace` is a field; before 0.15 it was one of the unknown ones, which are ignored. */
  knowsInplace: boolean;
  /** rank_pattern and alpha_pattern honoured. */
  readsPatterns: boolean;
  /** Paths in messages replaced by `<path>` since July 2026. */
  sanitisesPaths: boolean;
  /**
   * A load that takes the slot of a running request lets that request go on with the new adapter, in silence: 0.22 to
   * 0.24 (vLLM #47724).
   */
  mixesAdaptersUnderLoad: boolean;
  /** What the prefix cache knows an adapter by: its id, its name since 0.11.1, name and path since some release after 0.28. */
  prefixKey: "id" | "name" | "name_and_path";
  /** Unknown model: a list of valid names in the message. */
  listsAliases: boolean;
  /** Path prefixes that `--api-key` guards; everything else is open. */
  guardedPrefixes: readonly string[];
  /** The container standard's routes, which no key guards, since 0.11.1. */
  hasContainerRoutes: boolean;
  /** /reset_prefix_cache says whether it worked; before, an empty 200. */
  answersPrefixReset: boolean;
  /** Switchyard's plugin counts on this release. */
  suitsPlugin: boolean;
  metrics: MetricsProfile;
};

/** Names and buckets of /metrics, which changed more than anything else. */
export type MetricsProfile = {
  /** V0 before 0.8: no `engine` label, swapping, hit rates as gauges, running and waiting adapters told apart. */
  isV1: boolean;
  /** The V0 histograms of queue and phases, and of steps, came after 0.6.3. */
  hasPhases: boolean;
  /** `vllm:lora_requests_info`, since 0.6.4. */
  hasLoraInfo: boolean;
  kvUsage: readonly string[];
  prefixCache: readonly string[];
  interToken: readonly string[];
  hasRequestTimePerToken: boolean;
  hasWaitingByReason: boolean;
  hasTokenSources: boolean;
  hasSleepState: boolean;
  buckets: "0.6.3" | "0.6.4" | "0.8.4";
};

/** Whether a release is this one of 0.x or a later one. */
type Since = (minor: number, patch?: number) => boolean;

/** @param version such as "0.28.0" @throws RangeError when it is not a version */
export function engineProfile(version: string): EngineProfile {
  const match = /^(\d+)\.(\d+)\.(\d+)/.exec(version);
  if (!match) throw new RangeError(`"${version}" is not an engine version such as ${DEFAULT_ENGINE_VERSION}.`);
  const number = Number(match[1]) * 1_000_000 + Number(match[2]) * 1_000 + Number(match[3]);
  const since: Since = (minor, patch = 0) => number >= minor * 1_000 + patch;
  return {
    version,
    nestsErrors: since(10, 1),
    validatesOnLoad: since(7),
    refusedLoadStatus: since(18) ? 500 : 400,
    unknownUnloadStatus: since(7) ? 404 : 400,
    baseName: since(32) ? "refused" : since(10) ? "adapter_answers" : "base_answers",
    knowsInplace: since(15),
    readsPatterns: since(32),
    sanitisesPaths: since(27),
    mixesAdaptersUnderLoad: since(22) && !since(25),
    prefixKey: since(32) ? "name_and_path" : since(11, 1) ? "name" : "id",
    listsAliases: since(32),
    guardedPrefixes: ["/v1", ...(since(22) ? ["/v2"] : []), ...(since(28) ? ["/inference", "/cohere"] : [])],
    hasContainerRoutes: since(11, 1),
    answersPrefixReset: since(14),
    suitsPlugin: since(20),
    metrics: metricsProfile(since),
  };
}

/** Renames by vllm.md §3.1; a deprecated name stays beside the new one until it is removed. */
function metricsProfile(since: Since): MetricsProfile {
  const both = (oldName: string, gone: boolean, newName: string, come: boolean) => [
    ...(gone ? [] : [oldName]),
    ...(come ? [newName] : []),
  ];
  const isV1 = since(8);
  return {
    isV1,
    hasPhases: since(6, 4),
    hasLoraInfo: since(6, 4),
    kvUsage: both("vllm:gpu_cache_usage_perc", since(12), "vllm:kv_cache_usage_perc", since(9, 2)),
    prefixCache: isV1 ? both("vllm:gpu_prefix_cache", since(12), "vllm:prefix_cache", since(9, 2)) : [],
    interToken: both("vllm:time_per_output_token_seconds", since(15), "vllm:inter_token_latency_seconds", since(10, 2)),
    hasRequestTimePerToken: since(11),
    hasWaitingByReason: since(20),
    hasTokenSources: since(16),
    hasSleepState: since(12),
    buckets: since(8, 4) ? "0.8.4" : since(6, 4) ? "0.6.4" : "0.6.3",
  };
}
