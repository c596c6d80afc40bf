/** Requests a node works on, over all engines behind its API. */
export type InFlight = { running: number; waiting: number };

/** @returns null when the node does not say: an empty node and a silent one are two things */
export function parseInFlight(exposition: string): InFlight | null {
  const running = sumOf(exposition, "vllm:num_requests_running");
  const waiting = sumOf(exposition, "vllm:num_requests_waiting");
  return running === null || waiting === null ? null : { running, waiting };
}

function sumOf(exposition: string, name: string): number | null {
  const line = new RegExp(`^${name}(?:\\{[^\\n]*\\})?[ \\t]+([0-9.eE+-]+)`, "gm");
  const values = [...exposition.matchAll(line)].map((match) => Number(match[1]));
  if (values.length === 0 || values.some((value) => !Number.isFinite(value))) return null;
  return values.reduce((sum, value) => sum + value, 0);
}
