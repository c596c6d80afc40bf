import type * as z from "zod";
import { limitOf, limitText } from "#components/ui/limit-text.ts";
import type { CreateEndpoint, Endpoint, UpdateEndpoint } from "#lib/registry/browser/endpoint-schema.ts";

/** What stands in the form; the key is never read back, so an empty one keeps what is stored. */
export type EndpointDraft = {
  name: string;
  baseUrl: string;
  model: string;
  apiKey: string;
  tenantId: string;
  gpus: string;
  costPerMonth: string;
};

export const draftOf = (endpoint: Endpoint | null): EndpointDraft => ({
  name: endpoint?.name ?? "",
  baseUrl: endpoint?.baseUrl ?? "",
  model: endpoint?.model ?? "",
  apiKey: "",
  tenantId: endpoint?.tenantId ?? "",
  gpus: limitText(endpoint?.gpus ?? null),
  costPerMonth: limitText(endpoint?.costPerMonth ?? null),
});

/** Money as people type it: "$1,200". */
const costOf = (text: string): number | null => limitOf(text.replace("$", ""));

export const createOf = (draft: EndpointDraft): z.input<typeof CreateEndpoint> => ({
  name: draft.name,
  baseUrl: draft.baseUrl,
  tenantId: draft.tenantId || null,
  model: draft.model.trim() || null,
  gpus: limitOf(draft.gpus),
  costPerMonth: costOf(draft.costPerMonth),
  ...(draft.apiKey === "" ? {} : { apiKey: draft.apiKey }),
});

/** Only what was changed, and the key only where one was entered. */
export function changeOf(endpoint: Endpoint, draft: EndpointDraft): UpdateEndpoint {
  const { apiKey, tenantId, ...wanted } = createOf(draft);
  const change: UpdateEndpoint = {};
  if (wanted.name !== endpoint.name) change.name = wanted.name;
  if (wanted.baseUrl !== endpoint.baseUrl) change.baseUrl = wanted.baseUrl;
  if (wanted.model !== endpoint.model) change.model = wanted.model ?? null;
  if (wanted.gpus !== endpoint.gpus) change.gpus = wanted.gpus ?? null;
  if (wanted.costPerMonth !== endpoint.costPerMonth) change.costPerMonth = wanted.costPerMonth ?? null;
  if (apiKey !== undefined) change.apiKey = apiKey;
  return change;
}
