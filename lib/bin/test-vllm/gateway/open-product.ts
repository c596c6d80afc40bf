import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Client } from "#lib/api/client.ts";
import { runCutoverLoop } from "#lib/cutover/loop.ts";
import { runEvalLoop } from "#lib/evals/loop.ts";
import { runReconcileLoop } from "#lib/fleet/reconcile/loop.ts";
import { startGateway } from "#lib/gateway/start-gateway.ts";
import type { Deps } from "#lib/identity/ctx.ts";
import type { EngineStart } from "#lib/vllm/contract/point.ts";
import { BASE_MODEL, TINY_LLAMA } from "../adapter-directories.ts";
import type { Engine } from "../node-under-test.ts";
import { type Customer, untilTrue } from "./client-check.ts";

const ADAPTERS = join(TINY_LLAMA, "..", "adapters");
/** Loading, a load probe and the kernels' compilation on two slow cores. */
const LIVE_WITHIN_MS = 180_000;

/** The product around one engine: what customers call, and who they are. */
export type OpenProduct = { gatewayUrl: string; customers: readonly ProductCustomer[]; close(): Promise<void> };
export type ProductCustomer = Customer & { tenantId: string; adapterId: string };

/**
 * Puts an engine into a fleet the way an operator does: pool, node, two customers with a trained adapter each, loaded by
 * the reconcile loop and made live; and a gateway in front of it.
 * @param open the product's parts on an empty catalog @throws Error when a version does not go live in time
 */
export async function openProduct(
  open: { deps: Deps; admin: Client },
  engine: Engine,
  start: EngineStart,
): Promise<OpenProduct> {
  const { deps, admin } = open;
  const poolId = await addPool(admin, deps.adapterStore, start);
  await admin.call("POST /nodes", {
    body: {
      poolId,
      name: "node-1",
      baseUrl: engine.baseUrl,
      ...(engine.apiKey === null ? {} : { apiKey: engine.apiKey }),
    },
  });
  const stopping = new AbortController();
  const { db, secrets, log } = deps;
  const gateway = await startGateway({ db, secrets, log, port: 0, metricsPort: 0, metricsHost: "127.0.0.1" });
  const gatewayUrl = `http://127.0.0.1:${gateway.port}`;
  const loops = [
    runReconcileLoop(deps, stopping.signal, { intervalMs: 250 }),
    runCutoverLoop(deps, stopping.signal),
    runEvalLoop({ ...deps, gatewayUrl }, stopping.signal),
  ];
  const close = async () => {
    stopping.abort();
    await Promise.all(loops);
    await gateway.stop();
  };
  try {
    const customers = [
      await addCustomer(admin, poolId, { slug: "acme", folder: "support-bot" }),
      await addCustomer(admin, poolId, { slug: "globex", folder: "billing-helper" }),
    ];
    for (const customer of customers)
      await untilTrue(
        () => isServed(gatewayUrl, customer),
        LIVE_WITHIN_MS,
        `the gateway does not serve ${customer.slug}`,
      );
    return { gatewayUrl, customers, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What is live in the catalog is a moment later what the gateway goes by. */
async function isServed(gatewayUrl: string, { key }: ProductCustomer): Promise<boolean> {
  const response = await fetch(`${gatewayUrl}/v1/models`, { headers: { authorization: `Bearer ${key}` } });
  return response.ok && ((await response.json()) as { data: unknown[] }).data.length > 0;
}

const json = async (name: string): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile(join(TINY_LLAMA, name), "utf8")) as Record<string, unknown>;

async function addPool(admin: Client, adapterDirectory: string, start: EngineStart): Promise<string> {
  const { id } = await admin.call("POST /pools", {
    body: {
      slug: "tiny",
      name: "Tiny",
      baseModel: BASE_MODEL,
      files: {
        configJson: await json("config.json"),
        tokenizerJson: await json("tokenizer.json"),
        tokenizerConfigJson: await json("tokenizer_config.json"),
        chatTemplate: await readFile(join(TINY_LLAMA, "chat_template.jinja"), "utf8"),
      },
      dtype: "float32",
      maxModelLen: start.maxModelLen,
      maxLoras: start.maxLoras,
      maxLoraRank: 16,
      maxCpuLoras: start.maxCpuLoras,
      adapterDirectory,
    },
  });
  return id;
}

async function addCustomer(
  admin: Client,
  poolId: string,
  { slug, folder }: { slug: string; folder: "support-bot" | "billing-helper" },
): Promise<ProductCustomer> {
  const { id: tenantId } = await admin.call("POST /tenants", { body: { slug, name: slug } });
  const params = { tenantId };
  const { id: adapterId } = await admin.call("POST /tenants/{tenantId}/adapters", {
    params,
    body: { slug: "bot", name: "Bot", poolId },
  });
  const { key } = await admin.call("POST /tenants/{tenantId}/keys", {
    params,
    body: { name: "app", scopes: ["inference"] },
  });
  const { id: toVersionId, loraName } = await addTrainedVersion(admin, adapterId, folder);
  await admin.call("POST /adapters/{adapterId}/cutovers", {
    params: { adapterId },
    body: { toVersionId, overrideReason: "Its answers are what this run compares." },
  });
  await untilTrue(
    async () =>
      (await admin.call("GET /adapters/{adapterId}", { params: { adapterId } })).route.liveVersionId === toVersionId,
    LIVE_WITHIN_MS,
    `the adapter of ${slug} is not live`,
  );
  return { slug, key, loraName: loraName ?? "", tenantId, adapterId };
}

/** Draft, files, complete: as the console does it. @param name of one of the two trained adapters */
export async function addTrainedVersion(admin: Client, adapterId: string, name: "support-bot" | "billing-helper") {
  const folder = join(ADAPTERS, name);
  const names = await readdir(folder);
  const files = await Promise.all(names.map(async (path) => ({ path, bytes: await readFile(join(folder, path)) })));
  const { id: versionId } = await admin.call("POST /adapters/{adapterId}/versions", {
    params: { adapterId },
    body: { files: files.map(({ path, bytes }) => ({ path, sizeBytes: bytes.byteLength })) },
  });
  for (const { path: fileName, bytes } of files)
    await admin.call("PUT /versions/{versionId}/files/{fileName}", { params: { versionId, fileName }, stream: bytes });
  return admin.call("POST /versions/{versionId}/complete", { params: { versionId } });
}
