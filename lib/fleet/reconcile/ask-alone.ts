import { parseAnswered } from "#lib/vllm/answered.ts";
import { parseInFlight } from "#lib/vllm/in-flight.ts";
import type { NodeClient } from "#lib/vllm/node-client.ts";
import { askProbe, type BaseReading, DISTURBED, PROBE_PROMPTS } from "./load-probe.ts";

/** How many requests a node has finished, if nothing runs or waits on it; null = something does, or it does not tell. */
export function finishedWhenIdle(exposition: string): number | null {
  const inFlight = parseInFlight(exposition);
  return inFlight !== null && inFlight.running + inFlight.waiting === 0 ? parseAnswered(exposition) : null;
}

/**
 * Asks the base model while nothing else is in flight on the node, and makes sure that nothing was: idle before and after,
 * and no more requests finished in between than the probe's own. For engines that answer base-model requests beside
 * adapters with an adapter's weights.
 * @throws NodeError when the node gives no usable answer
 */
export async function askAlone(client: NodeClient, baseName: string, signal: AbortSignal): Promise<BaseReading> {
  const before = finishedWhenIdle(await client.metrics(signal));
  if (before === null) return DISTURBED;
  const reading = await askProbe(client, baseName, signal);
  const after = finishedWhenIdle(await client.metrics(signal));
  return after !== null && after - before === PROBE_PROMPTS.length ? reading : DISTURBED;
}
