import { type Client, createClient } from "#lib/api/client.ts";
import { product } from "./product.ts";

/** The API as a program uses it, with the admin's key. */
export const adminApi = (): Client => createClient({ baseUrl: product().consoleUrl, apiKey: product().apiKey });

/** Asks the gateway as a tenant's application would, through a trusted upstream's key. */
export async function ask(tenantSlug: string, body: object = {}): Promise<Response> {
  return fetch(`${product().gatewayUrl}/v1/chat/completions`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${product().apiKey}`,
      "content-type": "application/json",
      "x-tenant-id": tenantSlug,
    },
    body: JSON.stringify({
      messages: [{ role: "user", content: "Where is my order A1042?" }],
      max_tokens: 16,
      ...body,
    }),
  });
}

/** Which version answered, and how. */
export const servedBy = (response: Response) => ({
  status: response.status,
  version: response.headers.get("x-switchyard-version"),
  via: response.headers.get("x-switchyard-via"),
});
