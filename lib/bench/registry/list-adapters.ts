import { createHash } from "node:crypto";
import type { BenchApi } from "#lib/testbed/api.ts";
import { quantile } from "#lib/testbed/quantile.ts";
import type { Measured } from "../judge.ts";
import { addBenchPool } from "./bench-adapter.ts";
import { ADAPTERS, fillCatalog, idAt } from "./many-adapters.ts";
import { serveApi } from "./serve-api.ts";

/** Requests a run; the same mix each time, in the same order. */
const REQUESTS = 300;
const WARM_UP = 30;

/**
 * The list of adapters as the console asks for it: searched, narrowed and ordered, over HTTP, one request after the
 * other, 50 rows a page, with the count of everything that matches.
 */
export async function measureListAdapters(api: BenchApi, runs: number, log: (line: string) => void): Promise<Measured> {
  const pools = [await addBenchPool(api, "rank-16", 16), await addBenchPool(api, "rank-64", 64)] as const;
  await fillCatalog(api.deps.db, pools);
  const server = await serveApi(api);
  try {
    const p95s: number[] = [];
    for (let run = 0; run <= runs; run += 1) {
      const times = new Map<string, number[]>();
      for (let turn = 0; turn < (run === 0 ? WARM_UP : REQUESTS); turn += 1) {
        const kind = turn % mixOf(pools[0], 0).length;
        const query = mixOf(pools[0], turn * 7)[kind] ?? "";
        const name = mixOf(pools[0], 0)[kind] ?? "";
        times.set(name, [...(times.get(name) ?? []), await timeList(server.url, api.adminKey, query)]);
      }
      if (run === 1) for (const [query, each] of times) log(`${quantile(each, 0.5).toFixed(1)} ms  ${query}`);
      if (run > 0) p95s.push(quantile([...times.values()].flat(), 0.95));
    }
    log(`list of ${ADAPTERS} adapters: p95 ${p95s.map((ms) => `${ms.toFixed(1)} ms`).join(", ")}`);
    return { metric: "list_10000_adapters_p95", ours: p95s };
  } finally {
    await server.close();
  }
}

/** What people ask a list for; words of each kind are spread over the catalog. */
const mixOf = (poolId: string, turn: number): string[] => [
  ...["", `q=tenant-${turn % 1000}`, `q=order ${turn % 10_000}`, `q=${digestOf(turn % 10_000).slice(0, 10)}`],
  ...[`q=tenant-${turn % 1000}--bot-3--v2`, `q=${idAt("ver", turn % 30_000)}`, `tenantId=${idAt("ten", turn % 1000)}`],
  ...[`poolId=${poolId}`, "status=live", "status=rejected", "status=ready&rank=16", "status=staged&sort=tenant"],
  ...[`poolId=${poolId}&rank=8&sort=-size`, "q=claims&status=live&sort=-live_since", "sort=-updated"],
];
const digestOf = (adapter: number): string => createHash("sha256").update(`${adapter}/2`).digest("hex");

/** @returns milliseconds until the last byte */
async function timeList(url: string, key: string, query: string): Promise<number> {
  const startedAt = performance.now();
  const headers = { authorization: `Bearer ${key}` };
  const response = await fetch(`${url}/api/v1/adapters?limit=50&${query}`, { headers });
  const text = await response.text();
  if (!response.ok) throw new Error(`the list answered ${response.status}: ${text}`);
  return performance.now() - startedAt;
}
