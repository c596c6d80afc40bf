import OpenAI from "openai";
import { parseExposition } from "#lib/metrics/exposition/parse-exposition.ts";
import { BASE_MODEL } from "../adapter-directories.ts";
import { type Engine, sendTo } from "../node-under-test.ts";
import type { ClientCheck, ClientCheckTools } from "./client-check.ts";
import type { OpenProduct } from "./open-product.ts";

const REQUEST_TIMEOUT_MS = 120_000;

/** The tools of the checks, for one engine behind one gateway. */
export function toolsFor(engine: Engine, { gatewayUrl, customers }: OpenProduct): ClientCheckTools {
  const [acme, globex] = customers;
  if (!acme || !globex) throw new Error("the product was opened with two customers");
  return {
    acme,
    globex,
    baseModel: BASE_MODEL,
    client: (apiKey, defaultHeaders = {}) =>
      new OpenAI({ baseURL: `${gatewayUrl}/v1`, apiKey, defaultHeaders, maxRetries: 0, timeout: REQUEST_TIMEOUT_MS }),
    node: {
      send: (method, path, options) => sendTo(engine, method, path, options),
      samples: async () => parseExposition((await sendTo(engine, "GET", "/metrics")).text).samples,
    },
  };
}

/** @returns what was seen instead of what the check says; null = it holds */
export async function runClientCheck(check: ClientCheck, tools: ClientCheckTools): Promise<string | null> {
  try {
    await check.run(tools);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
