import { addVersion, type FileMap, seededAdapter } from "./fleet.ts";
import type { TestApi } from "./test-api.ts";

/** A tenant whose first version is being cut over under an override. @returns a key of its application */
export async function goLive(api: TestApi, slug: string, poolId: string, files?: FileMap): Promise<string> {
  const { id: tenantId } = await api.admin.call("POST /tenants", { body: { slug, name: slug } });
  const params = { tenantId };
  const body = { slug: "bot", name: "Bot", poolId };
  const { id: adapterId } = await api.admin.call("POST /tenants/{tenantId}/adapters", { params, body });
  const { id: toVersionId } = await addVersion(api.admin, adapterId, files ?? (await seededAdapter(slug)));
  const overrideReason = "Proven by the same suite elsewhere.";
  await api.admin.call("POST /adapters/{adapterId}/cutovers", {
    params: { adapterId },
    body: { toVersionId, overrideReason },
  });
  const { key } = await api.admin.call("POST /tenants/{tenantId}/keys", {
    params,
    body: { name: "app", scopes: ["inference"] },
  });
  return key;
}

/** One chat request of an application. @returns the status */
export async function askGateway(port: number, key = ""): Promise<number> {
  const reply = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ max_tokens: 8, messages: [{ role: "user", content: "Where is my order?" }] }),
  });
  await reply.text();
  return reply.status;
}
