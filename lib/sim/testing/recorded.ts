import { readFileSync } from "node:fs";

/** One exchange with a real vLLM, as `lib/vllm/testdata` keeps it. */
export type Exchange = {
  note?: string;
  request: { method: string; path: string; headers?: Record<string, string>; body?: unknown };
  response: { status: number; headers: Record<string, string>; body: string };
};

/** Recorded exchanges of one topic, by name; read as data, since this room imports nothing of its neighbours. */
export function recorded(topic: string): Record<string, Exchange> {
  const file = new URL(`../../vllm/testdata/vllm-0.32.0/${topic}.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { exchanges: Record<string, Exchange> }).exchanges;
}

export const recordedMetrics = (name: string): string =>
  readFileSync(new URL(`../../vllm/testdata/vllm-0.32.0/metrics-${name}.prom`, import.meta.url), "utf8");

/**
 * A value's shape: keys and kinds, without values. Lists show the shape of their first member, null fits everything.
 */
export function shapeOf(value: unknown): unknown {
  if (value === null) return "any";
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (typeof value !== "object") return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shapeOf(item)]));
}

/** Paths where `seen` has another shape than `real`. */
export function shapeDifferences(real: unknown, seen: unknown, path = "$"): string[] {
  if (real === "any" || seen === "any") return [];
  if (Array.isArray(real) && Array.isArray(seen))
    return real.length === 0 || seen.length === 0 ? [] : shapeDifferences(real[0], seen[0], `${path}[]`);
  const isMap = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
  if (isMap(real) && isMap(seen)) {
    // Keys that are tokens differ by nature.
    if (path.endsWith("top_logprobs[]")) return [];
    return [...new Set([...Object.keys(real), ...Object.keys(seen)])].flatMap((key) => {
      if (!(key in real)) return [`${path}.${key} is extra`];
      if (!(key in seen)) return [`${path}.${key} is missing`];
      return shapeDifferences(real[key], seen[key], `${path}.${key}`);
    });
  }
  return real === seen ? [] : [`${path} is ${JSON.stringify(seen)}, not ${JSON.stringify(real)}`];
}
