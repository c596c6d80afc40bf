import type { Client } from "#lib/api/client.ts";
import type { Pool } from "#lib/pools/schema.ts";
import type { Adapter, Tenant, Version } from "../schema.ts";
import { BASE, type Folder } from "./adapter-folder.ts";

/** Adds a pool over the committed tiny Llama, through the API. */
export const addPool = (
  client: Client,
  slug: string,
  adapterDirectory: string,
  limits: Partial<PoolLimits> = {},
): Promise<Pool> =>
  client.call("POST /pools", {
    body: {
      slug,
      name: slug,
      baseModel: BASE.baseModel,
      files: {
        configJson: BASE.configJson,
        tokenizerJson: BASE.tokenizerJson,
        tokenizerConfigJson: BASE.tokenizerConfigJson,
        chatTemplate: BASE.chatTemplate,
      },
      dtype: "bfloat16",
      maxModelLen: 4096,
      maxLoras: 2,
      maxLoraRank: 16,
      maxCpuLoras: 4,
      adapterDirectory,
      ...limits,
    },
  });
type PoolLimits = { baseModel: string; maxLoraRank: 8 | 16 | 32; maxLoras: number; maxCpuLoras: number };

/** A tenant with one adapter in the pool. */
export async function addAdapter(
  client: Client,
  tenantSlug: string,
  poolId: string,
): Promise<{ tenant: Tenant; adapter: Adapter }> {
  const tenant = await client.call("POST /tenants", { body: { slug: tenantSlug, name: tenantSlug } });
  const adapter = await client.call("POST /tenants/{tenantId}/adapters", {
    params: { tenantId: tenant.id },
    body: { slug: "support-bot", name: "Support bot", poolId },
  });
  return { tenant, adapter };
}

const manifestOf = (folder: Folder) => [...folder].map(([path, bytes]) => ({ path, sizeBytes: bytes.byteLength }));

export const openDraft = (client: Client, adapterId: string, folder: Folder): Promise<Version> =>
  client.call("POST /adapters/{adapterId}/versions", { params: { adapterId }, body: { files: manifestOf(folder) } });

export async function sendFiles(client: Client, versionId: string, folder: Folder): Promise<void> {
  for (const [fileName, bytes] of folder)
    await client.call("PUT /versions/{versionId}/files/{fileName}", { params: { versionId, fileName }, stream: bytes });
}

/** Draft, files, complete: as the console does it. */
export async function registerVersion(client: Client, adapterId: string, folder: Folder): Promise<Version> {
  const draft = await openDraft(client, adapterId, folder);
  await sendFiles(client, draft.id, folder);
  return client.call("POST /versions/{versionId}/complete", { params: { versionId: draft.id } });
}
