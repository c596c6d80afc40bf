import type { Ctx, ReadCatalog } from "#lib/identity/ctx.ts";
import { AppError } from "#lib/platform/errors.ts";
import type { EndpointTest } from "../browser/endpoint-schema.ts";
import { found } from "../found.ts";
import { openEndpointKey } from "./endpoint-access.ts";
import { findEndpoint } from "./endpoint-store.ts";
import { judgeChat, modelsIn, type SeenReply } from "./judge-endpoint.ts";

/** A cold model may take a while for its first token. */
const CHAT_TIMEOUT_MS = 30_000;
const LIST_TIMEOUT_MS = 10_000;
const SHOWN_MODELS = 20;

/**
 * Asks an endpoint for its models, then for one small chat of a single token. An expected "no" is an answer.
 * @throws AppError `not_found`, or `unavailable` (`secret_unreadable`) when its key was sealed with another SECRETS_KEY
 */
export async function testEndpoint(read: ReadCatalog, endpointId: string, signal: AbortSignal): Promise<EndpointTest> {
  const { endpoint, deps } = await read(async (ctx: Ctx) => ({
    endpoint: found("endpoint", await findEndpoint(ctx.tx, endpointId)),
    deps: ctx.deps,
  }));
  const key = openKey(() => openEndpointKey(deps.secrets, endpoint), endpoint.name);
  const { baseUrl, name } = endpoint;
  const headers = { "content-type": "application/json", ...(key === null ? {} : { authorization: `Bearer ${key}` }) };
  const models = modelsIn(
    await reply(() => deps.outbound.request(`${baseUrl}/models`, { headers, timeoutMs: LIST_TIMEOUT_MS, signal })),
  );
  const model = endpoint.model ?? models?.[0] ?? "default";
  const sentAt = deps.clock.now().getTime();
  const body = JSON.stringify({ model, messages: [{ role: "user", content: "Hello" }], max_tokens: 1 });
  const chat = await reply(() =>
    deps.outbound.request(`${baseUrl}/chat/completions`, {
      method: "POST",
      headers,
      body,
      timeoutMs: CHAT_TIMEOUT_MS,
      maxBytes: 200_000,
      signal,
    }),
  );
  const checkedAt = deps.clock.now();
  const verdict =
    chat === null
      ? {
          ok: false,
          message: `${name} gives no answer at ${new URL(baseUrl).host}.`,
          fix: "Check the address, that the service runs, and that the network allows the connection.",
        }
      : judgeChat({ name, model, models }, chat);
  return {
    ...verdict,
    status: chat?.status ?? null,
    latencyMs: chat === null ? null : checkedAt.getTime() - sentAt,
    models: models?.slice(0, SHOWN_MODELS) ?? null,
    checkedAt: checkedAt.toISOString(),
  };
}

/** null = no whole reply came in time, or its address is one that is never connected to. */
async function reply(send: () => Promise<SeenReply>): Promise<SeenReply | null> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof AppError && (error.code === "node_unreachable" || error.reason === "forbidden_address"))
      return null;
    throw error;
  }
}

function openKey(open: () => string | null, name: string): string | null {
  try {
    return open();
  } catch (cause) {
    throw new AppError("unavailable", `The key of ${name} cannot be read with the present SECRETS_KEY.`, {
      reason: "secret_unreadable",
      fix: "Enter the key again in Settings, Endpoints.",
      cause,
    });
  }
}
