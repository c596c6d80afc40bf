import { createHash } from "node:crypto";
import { type BenchApi, openBenchApi } from "#lib/testbed/api.ts";
import type { Measured } from "../judge.ts";
import { ADAPTERS, fillCatalog, idAt } from "./many-adapters.ts";
import type { RegistryLine } from "./run-registry.ts";
import { serveApi } from "./serve-api.ts";

/** Requests a run; the same mix each time, in the same order. */
const REQUESTS = 300;
const WARM_UP = 30;

/**
 * The list of adapters as the console asks for it: searched, narrowed and ordered, over HTTP, one request after the
 * other, 50 rows a page, with the count of everything that matches.
 */
export const measureListAdapters: RegistryLine = async ({ postgres, runs, say }) => {
  const api = await openBenchApi(postgres);
  try {
    const pools = [await addPool(api, "rank-16", 16), await addPool(api, "rank-64", 64)] as const;
    await fillCatalog(api.deps.db, pools);
    const server = await serveApi(api);
    try {
      const queries = mixOf(pools[0]);
      await timeRequests(server.url, api.adminKey, queries, WARM_UP);
      const p95s: number[] = [];
      for (let run = 0; run < runs; run += 1) {
        const times = await timeRequests(server.url, api.adminKey, queries, REQUESTS);
        p95s.push(quantile([...times.values()].flat(), 0.95));
        if (run === 0) for (const [query, each] of times) say(`${quantile(each, 0.5).toFixed(1)} ms  ${query}`);
      }
      say(`list of ${ADAPTERS} adapters: p95 ${p95s.map((ms) => `${ms.toFixed(1)} ms`).join(", ")}`);
      return [{ metric: "list_10000_adapters_p95", ours: p95s }] satisfies Measured[];
    } finally {
      await server.close();
    }
  } finally {
    await api.close();
  }
};

/** What people ask a list for; words of each kind are spread over the catalog. */
const mixOf = (poolId: string): ((turn: number) => string)[] => [
  () => "",
  (turn) => `q=tenant-${turn % 1000}`,
  (turn) => `q=order ${turn % 10_000}`,
  (turn) => `q=${digestOf(turn % 10_000).slice(0, 10)}`,
  (turn) => `q=tenant-${turn % 1000}--bot-3--v2`,
  (turn) => `q=${idAt("ver", turn % 30_000)}`,
  (turn) => `tenantId=${idAt("ten", turn % 1000)}`,
  () => `poolId=${poolId}`,
  () => "status=live",
  () => "status=rejected",
  () => "status=ready&rank=16",
  () => "status=staged&sort=tenant",
  () => `poolId=${poolId}&rank=8&sort=-size`,
  () => "q=claims&status=live&sort=-live_since",
  () => "sort=-updated",
];
const digestOf = (adapter: number): string => createHash("sha256").update(`${adapter}/2`).digest("hex");

/** @returns milliseconds of each request, by the first query of its kind */
async function timeRequests(
  url: string,
  key: string,
  queries: readonly ((turn: number) => string)[],
  count: number,
): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>();
  for (let turn = 0; turn < count; turn += 1) {
    const kind = queries[turn % queries.length];
    if (kind === undefined) throw new Error("no queries");
    const startedAt = performance.now();
    const response = await fetch(`${url}/api/v1/adapters?limit=50&${kind(turn * 7)}`, {
      headers: { authorization: `Bearer ${key}` },
    });
    const text = await response.text();
    const ms = performance.now() - startedAt;
    if (!response.ok) throw new Error(`the list answered ${response.status}: ${text}`);
    const name = kind(0);
    times.set(name, [...(times.get(name) ?? []), ms]);
  }
  return times;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

async function addPool({ admin }: BenchApi, slug: string, maxLoraRank: 16 | 64): Promise<string> {
  const files = {
    configJson: { architectures: ["BenchForCausalLM"] },
    tokenizerJson: { model: { type: "BPE", vocab: { a: 0 }, merges: [] }, added_tokens: [] },
    tokenizerConfigJson: { chat_template: "{{ messages }}" },
  };
  const limits = { maxModelLen: 8192, maxLoras: 2, maxLoraRank, maxCpuLoras: 4 };
  const body = { slug, name: slug, baseModel: "bench/base", files, ...limits, adapterDirectory: "/data/adapters" };
  return (await admin.call("POST /pools", { body })).id;
}
