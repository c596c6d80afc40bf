import type { Client } from "#lib/api/client.ts";
import { type DemoTenant, OVERRIDE_REASON } from "./companies.ts";
import { adapterFiles, DEMO_BASE_MODEL, moreNumber } from "./demo-adapters.ts";
import { deskOf } from "./desks.ts";
import type { SeedStep } from "./next-seed-step.ts";

const SUITE_PROMPTS = 200;

export type StepDeps = {
  client: Client;
  poolId: string;
  baseConfig: Record<string, unknown>;
  /** Where a customer is served that has not moved in; null = the demo has no such place. */
  originUrl: string | null;
  signal: AbortSignal;
};

/** Does one step through the API. @throws ApiError */
export async function takeStep(deps: StepDeps, plan: DemoTenant, step: SeedStep): Promise<void> {
  const { client, signal } = deps;
  switch (step.kind) {
    case "create_tenant": {
      const { slug, name, requestsPerMinute = null } = plan;
      await client.call("POST /tenants", { body: { slug, name, requestsPerMinute }, signal });
      return;
    }
    case "create_adapter": {
      const { adapterSlug, adapterName } = deskOf(step.desk);
      const body = { slug: adapterSlug, name: adapterName, poolId: deps.poolId };
      await client.call("POST /tenants/{tenantId}/adapters", { params: { tenantId: step.tenantId }, body, signal });
      return;
    }
    case "set_origin":
      return setOrigin(deps, plan, step);
    case "open_version": {
      const files = adapterFiles(plan, step.number, deps.baseConfig);
      const draft = await client.call("POST /adapters/{adapterId}/versions", {
        params: { adapterId: step.adapterId },
        body: {
          files: [...files].map(([path, bytes]) => ({ path, sizeBytes: bytes.byteLength })),
          origin: { note: "Written from a seed by the demo." },
        },
        signal,
      });
      if (plan.more === "draft" && step.number === moreNumber(plan)) return sendFirstFile(deps, draft.id, files);
      return sendFiles(deps, draft.id, files);
    }
    case "send_files":
      return sendFiles(deps, step.versionId, adapterFiles(plan, step.number, deps.baseConfig));
    case "create_suite": {
      const body = { name: "Adversarial tool calls", count: SUITE_PROMPTS };
      await client.call("POST /tenants/{tenantId}/suites", { params: { tenantId: step.tenantId }, body, signal });
      return;
    }
    case "stage": {
      const params = { versionId: step.versionId };
      await client.call("POST /versions/{versionId}/stage", { params, body: {}, signal });
      if (step.startsRun) await client.call("POST /versions/{versionId}/runs", { params, body: {}, signal });
      return;
    }
    case "start_cutover": {
      const override = step.isAdopted ? { overrideReason: OVERRIDE_REASON, adopted: true } : {};
      const body = { toVersionId: step.versionId, plan: AT_ONCE, ...override };
      await client.call("POST /adapters/{adapterId}/cutovers", { params: { adapterId: step.adapterId }, body, signal });
      return;
    }
    case "wait":
    case "done":
      return;
  }
}

/** What the demo begins with went live before anybody looked: no shadow, no canary. */
const AT_ONCE = { shadow: false, weights: [], soakMinutes: 0 };

/** What the customer's own deployment takes: a GPU of its own, at the product's price of one per tenant. */
const DECLARED = { gpus: 1, costPerMonth: 600 };

async function setOrigin(
  { client, originUrl, signal }: StepDeps,
  plan: DemoTenant,
  { tenantId, adapterId }: { tenantId: string; adapterId: string },
): Promise<void> {
  if (originUrl === null) throw new Error("The demo has no endpoint that a customer could be served by.");
  const name = `${plan.name}, own deployment`;
  const { items } = await client.call("GET /endpoints", { query: { tenantId, limit: 200 }, signal });
  const body = { name, baseUrl: `${originUrl}/v1`, tenantId, model: DEMO_BASE_MODEL, ...DECLARED };
  const { id: endpointId } =
    items.find((endpoint) => endpoint.name === name) ?? (await client.call("POST /endpoints", { body, signal }));
  const { route } = await client.call("GET /adapters/{adapterId}", { params: { adapterId }, signal });
  await client.call("PUT /adapters/{adapterId}/origin", {
    params: { adapterId },
    body: { endpointId },
    generation: route.generation,
    signal,
  });
}

type Files = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

/** Sending a file again replaces it, so an upload that broke off is simply repeated. */
async function sendFiles({ client, signal }: StepDeps, versionId: string, files: Files): Promise<void> {
  for (const [fileName, stream] of files)
    await client.call("PUT /versions/{versionId}/files/{fileName}", {
      params: { versionId, fileName },
      stream,
      signal,
    });
  await client.call("POST /versions/{versionId}/complete", { params: { versionId }, signal });
}

/** As if somebody had closed the browser in the middle. */
async function sendFirstFile({ client, signal }: StepDeps, versionId: string, files: Files): Promise<void> {
  const [[fileName, stream] = []] = files;
  if (fileName === undefined || stream === undefined) return;
  const params = { versionId, fileName };
  await client.call("PUT /versions/{versionId}/files/{fileName}", { params, stream, signal });
}
