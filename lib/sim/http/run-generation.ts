import type { ServerResponse } from "node:http";
import type { EngineRequest, FinishReason, TokenSource } from "../engine/request.ts";
import type { LoraEntry } from "../lora-registry.ts";
import type { AdapterWeights } from "../model/load-adapter.ts";
import type { NodeContext } from "./node-context.ts";

export type Generation = {
  id: string;
  lora: LoraEntry | null;
  promptTokens: readonly number[];
  maxTokens: number;
  open: (weights: () => AdapterWeights | null) => TokenSource;
  /** Every batch of new tokens; `finish` with the last. */
  onTokens: (ids: readonly number[], finish: FinishReason | null) => void;
};

/** The client went away before the answer was complete; nothing is left to send. */
export class ClientGone extends Error {}

/**
 * Puts requests into the engine and waits for all of them. A client that disconnects aborts them, as vLLM does.
 * @throws EngineDead, ClientGone
 */
export async function runGenerations(
  context: NodeContext,
  response: ServerResponse,
  generations: readonly Generation[],
): Promise<void> {
  const submitted: EngineRequest[] = [];
  const abortAll = () => {
    for (const request of submitted) context.engine.abort(request);
  };
  try {
    await new Promise<void>((resolve, reject) => {
      if (response.destroyed) return reject(new ClientGone("client disconnected"));
      let left = generations.length;
      response.once("close", () => reject(new ClientGone("client disconnected")));
      for (const generation of generations) {
        const request = context.engine.submit({
          ...generation,
          onTokens: (ids, finish) => {
            generation.onTokens(ids, finish);
            if (finish === null) return;
            left -= 1;
            if (left === 0) resolve();
          },
          onError: reject,
        });
        submitted.push(request);
      }
    });
  } catch (error) {
    abortAll();
    throw error;
  }
}

/** A source over tokens that are already known. @param repeats `ignore_eos`: start over instead of ending */
export function fixedSource(ids: readonly number[], repeats: boolean): TokenSource {
  let at = 0;
  return {
    take(count) {
      if (repeats) {
        const taken = Array.from({ length: count }, (_, offset) => ids[(at + offset) % ids.length] ?? 0);
        at += count;
        return { ids: taken, done: false };
      }
      const taken = ids.slice(at, at + count);
      at += taken.length;
      return { ids: taken, done: at >= ids.length };
    },
  };
}
