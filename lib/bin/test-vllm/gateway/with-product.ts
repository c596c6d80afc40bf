import { type BenchApi, openBenchApi } from "#lib/testbed/api.ts";
import { startBenchPostgres } from "#lib/testbed/postgres.ts";
import { type EngineStart, STANDARD_START } from "#lib/vllm/contract/point.ts";
import type { Engine } from "../node-under-test.ts";
import { startVllm, type VllmInstall } from "../start-vllm.ts";
import { type OpenProduct, openProduct } from "./open-product.ts";

/**
 * Does something with a real engine in a fleet of the whole product, and takes everything down after it.
 * @throws Error when the engine does not start or no version goes live
 */
export async function withProduct<T>(
  install: VllmInstall,
  use: (all: { api: BenchApi; engine: Engine; product: OpenProduct }) => Promise<T>,
  start: EngineStart = STANDARD_START,
): Promise<T> {
  const postgres = await startBenchPostgres();
  const api = await openBenchApi(postgres);
  const engine = await startVllm(install, start);
  try {
    const product = await openProduct(api, engine, start);
    return await use({ api, engine, product }).finally(() => product.close());
  } finally {
    await engine.stop();
    await api.close();
    await postgres.stop();
  }
}
