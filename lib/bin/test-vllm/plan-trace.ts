import { seededRandom } from "#lib/platform/safetensors/seeded-random.ts";

/** What a trace does to a node, one after another; adapters by their short names. */
export type TraceEvent =
  | { kind: "load"; adapter: string; files: number }
  | { kind: "unload"; adapter: string }
  /** null = the base model. */
  | { kind: "ask"; adapter: string | null; tokens: number }
  /** Requests sent at once, for different adapters. */
  | { kind: "wave"; adapters: readonly string[]; tokens: number };

export type TracePlan = {
  seed: string;
  /** How many different adapters are loaded at any time. */
  adapters: number;
  /** Requests one after another. */
  requests: number;
  /** Waves after those. */
  waves: number;
  /** Requests a wave; at most max_loras, so that the engine may run them in one batch. */
  waveWidth: number;
};

/** Over twice as many adapters as the host cache holds. */
export const TRACE_PLAN: TracePlan = { seed: "trace/1", adapters: 8, requests: 240, waves: 40, waveWidth: 2 };

/** One in so many requests asks the base. */
const BASE_SHARE = 0.06;
/** After so many requests one adapter is unloaded and its files are loaded under a new name, as a new version is. */
const REPLACE_EVERY = 30;
const MAX_TOKENS = 4;

/** The same events for the same plan. Few adapters are asked for often and many seldom, as customers do. */
export function planTrace(plan: TracePlan): TraceEvent[] {
  const random = seededRandom(plan.seed);
  const names = Array.from({ length: plan.adapters }, (_, at) => `a${at}-v1`);
  const events: TraceEvent[] = names.map((adapter, files) => ({ kind: "load", adapter, files }));
  for (let count = 1; count <= plan.requests; count += 1) {
    const adapter = random() < BASE_SHARE ? null : (names[skewed(random, names.length)] ?? null);
    events.push({ kind: "ask", adapter, tokens: 1 + Math.floor(random() * MAX_TOKENS) });
    if (count % REPLACE_EVERY !== 0) continue;
    const files = Math.floor(random() * names.length);
    const old = names[files] ?? "";
    names[files] = `a${files}-v${1 + count / REPLACE_EVERY}`;
    events.push({ kind: "unload", adapter: old }, { kind: "load", adapter: names[files] ?? "", files });
  }
  for (let wave = 0; wave < plan.waves; wave += 1) {
    const chosen = new Set<string>();
    while (chosen.size < plan.waveWidth) chosen.add(names[skewed(random, names.length)] ?? "");
    events.push({ kind: "wave", adapters: [...chosen], tokens: 2 + Math.floor(random() * MAX_TOKENS) });
  }
  return events;
}

/** A place in a list of `length`, the first ones more often. */
const skewed = (random: () => number, length: number): number => Math.floor(random() ** 1.6 * length);
