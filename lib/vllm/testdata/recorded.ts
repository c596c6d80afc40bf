import { readFileSync } from "node:fs";

export type Recorded = { status: number; headers: Record<string, string>; body: string };
type Topic = { exchanges: Record<string, { request: { method: string; path: string }; response: Recorded }> };

const folder = new URL("./vllm-0.32.0/", import.meta.url);

/** The exact reply a real vLLM 0.32.0 gave, for tests. @throws Error when there is no such recording */
export function recorded(topic: string, name: string): Recorded {
  const { exchanges } = JSON.parse(readFileSync(new URL(`${topic}.json`, folder), "utf8")) as Topic;
  const exchange = exchanges[name];
  if (!exchange) throw new Error(`no recording ${topic}/${name}`);
  return exchange.response;
}

/** A whole `/metrics` text: `idle`, `busy` or `after-traffic`. */
export const recordedMetrics = (name: string): string => readFileSync(new URL(`metrics-${name}.prom`, folder), "utf8");
