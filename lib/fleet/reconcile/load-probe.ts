import { type NodeClient, NodeError } from "#lib/vllm/node-client.ts";
import type { CompletionReply } from "#lib/vllm/schema.ts";
import type { ProbeResult } from "../schema.ts";

/** Plain prose; the same for every adapter, so that results compare. */
const PROBE_TEXT =
  "The customer asked whether the order could still be changed and the agent looked up the parcel before noon.";
const POSITIONS = 16;

/** Words of one prompt: short, since reading them is what a probe costs a node that has much to load. */
const WORDS = 4;

/** Four words from each of the first 16 places: what follows them is one position. Asked in one request, a token each. */
export const PROBE_PROMPTS: readonly string[] = Array.from({ length: POSITIONS }, (_, index) =>
  PROBE_TEXT.split(" ")
    .slice(index, index + WORDS)
    .join(" "),
);

/** A difference must exceed this many times the engine's own noise. */
const NOISE_FACTOR = 5;
/** Below this a difference is rounding, not an adapter (natural logarithms). */
const SMALLEST_EFFECT = 1e-4;
/** With more noise than this an adapter that shows no effect may just be drowned out. */
const QUIET = 0.05;

/** The next token's likeliest ids with their log-probabilities, position by position; null = that one is missing. */
export type ProbeReading = { model: string; positions: readonly (ReadonlyMap<string, number> | null)[] };

/** The base model was asked while something else ran, on an engine where that changes its answers. */
export const DISTURBED = "disturbed";

/** The engine refused to write the adapter's numbers down: they are NaN or infinite. */
export const NOT_A_NUMBER = "not_a_number";

export type BaseReading = ProbeReading | typeof DISTURBED;

/**
 * Proves that an adapter has effect: adapter against base must differ by more than base against base. Loading proves
 * nothing: vLLM accepts an adapter whose B is zero, or whose names match no module.
 * @param base asked right before and right after the adapter; a disturbed reading says nothing about any adapter
 */
export function decideProbe(
  loraName: string,
  adapter: ProbeReading | typeof NOT_A_NUMBER,
  base: readonly [BaseReading, BaseReading],
  at: Date,
): ProbeResult {
  const blank = { adapterDelta: null, noiseDelta: null, threshold: null, positions: 0, at: at.toISOString() };
  if (adapter === NOT_A_NUMBER) return { ...blank, outcome: "not_a_number" };
  if (adapter.model !== loraName) return { ...blank, outcome: "wrong_model" };
  const [before, after] = base;
  if (before === DISTURBED || after === DISTURBED) return { ...blank, outcome: "inconclusive", disturbed: true };
  const noise = compare(before, after);
  // whichever base reading is nearer: one of them may have been disturbed by its batch
  const readings = [compare(before, adapter), compare(after, adapter)];
  const adapterDelta = Math.min(...readings.map(({ delta }) => delta));
  const positions = Math.min(noise.positions, ...readings.map((reading) => reading.positions));
  if (positions < POSITIONS) return { ...blank, positions, outcome: "inconclusive" };
  const threshold = Math.max(NOISE_FACTOR * noise.delta, SMALLEST_EFFECT);
  const values = { adapterDelta, noiseDelta: noise.delta, threshold, positions, at: blank.at };
  if (adapterDelta > threshold) return { ...values, outcome: "effect" };
  return { ...values, outcome: noise.delta > QUIET ? "inconclusive" : "no_effect" };
}

/** Largest difference over all positions both have. */
function compare(a: ProbeReading, b: ProbeReading): { delta: number; positions: number } {
  let delta = 0;
  let positions = 0;
  for (const [index, left] of a.positions.entries()) {
    const right = b.positions[index];
    if (!left || !right) continue;
    delta = Math.max(delta, distance(left, right));
    positions += 1;
  }
  return { delta, positions };
}

/** Largest difference of one id's log-probability; an id that one side does not list counts as its smallest. */
function distance(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  const [floorA, floorB] = [Math.min(...a.values()), Math.min(...b.values())];
  let largest = 0;
  for (const id of new Set([...a.keys(), ...b.keys()]))
    largest = Math.max(largest, Math.abs((a.get(id) ?? floorA) - (b.get(id) ?? floorB)));
  return largest;
}

/** One choice a prompt, in any order. */
export function readProbe(reply: CompletionReply): ProbeReading {
  const byIndex = new Map(reply.choices.map((choice) => [choice.index, choice]));
  const positions = PROBE_PROMPTS.map((_, index) => {
    const top = byIndex.get(index)?.logprobs?.top_logprobs?.[0];
    return top && Object.keys(top).length > 0 ? new Map(Object.entries(top)) : null;
  });
  return { model: reply.model, positions };
}

/** @throws NodeError when the node does not answer as vLLM does */
export async function askProbe(client: NodeClient, model: string, signal: AbortSignal): Promise<ProbeReading> {
  const reply = await client.completion(
    {
      model,
      prompt: [...PROBE_PROMPTS],
      max_tokens: 1,
      temperature: 0,
      logprobs: 20,
      return_tokens_as_token_ids: true,
    },
    signal,
  );
  return readProbe(reply);
}

/** vLLM cannot put NaN into JSON and says so with a 400, where any other adapter gets a reply. */
export const isNotANumber = (error: unknown): boolean =>
  error instanceof NodeError && error.fault === "refused" && /Out of range float/i.test(error.message);

/** One sentence for the condition. */
export function probeMessage(result: ProbeResult): string {
  const shown = (value: number | null) => (value === null ? "?" : value.toPrecision(3));
  switch (result.outcome) {
    case "effect":
      return `It changes the base model's answers: log-probabilities differ by up to ${shown(result.adapterDelta)} (more than ${shown(result.threshold)} was needed).`;
    case "no_effect":
      return `It changes nothing: log-probabilities differ from the base model's by at most ${shown(result.adapterDelta)} (more than ${shown(result.threshold)} was needed). Its B weights may be zero, or its names match no module. Export it again.`;
    case "wrong_model":
      return "The node answered the probe with another model than this adapter. Look at the node's log.";
    case "not_a_number":
      return "The node cannot compute with it: its numbers are NaN or infinite. Export it again.";
    case "inconclusive":
      if (result.disturbed)
        return "Other requests ran on the node, where they change what the base model answers, or its metrics do not show whether any did. It is tried again; to have it proven now, cordon the node for a moment.";
      return result.positions < POSITIONS
        ? `The probe returned ${result.positions} of ${POSITIONS} positions. It is retried.`
        : `The base model contradicted itself by ${shown(result.noiseDelta)}, so nothing can be said. It is tried again.`;
  }
}
