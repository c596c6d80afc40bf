import { errorText } from "#lib/platform/errors.ts";
import type { Log } from "#lib/platform/log.ts";
import type { NodeClient } from "#lib/vllm/node-client.ts";
import { askProbe, decideProbe, isNotANumber, NOT_A_NUMBER, type ProbeReading } from "./load-probe.ts";
import type { ProbeResult } from "./schema.ts";

/** Probes the adapters of one node, one after the other. */
export type Prober = {
  /** @throws NodeError when the node gives no usable answer: then nothing is proven either way */
  probe(loraName: string, signal: AbortSignal): Promise<ProbeResult>;
};

/** NaN reaches the next request on the node, whoever's it is (seen on 0.32.0); two of our own take it instead. */
const REQUESTS_AFTER_NAN = 2;

/** The base reading after one adapter is the reading before the next, so that each costs two requests. */
export function createProber(client: NodeClient, baseName: string, now: () => Date, log: Log): Prober {
  let lastBase: ProbeReading | null = null;
  const askAdapter = (loraName: string, signal: AbortSignal) =>
    askProbe(client, loraName, signal).catch((error): typeof NOT_A_NUMBER => {
      if (isNotANumber(error)) return NOT_A_NUMBER;
      throw error;
    });
  const flush = async (signal: AbortSignal) => {
    for (let count = 0; count < REQUESTS_AFTER_NAN; count += 1)
      await askProbe(client, baseName, signal).catch((error) =>
        log.debug("base probe after NaN failed, as expected", { error: errorText(error) }),
      );
  };
  return {
    async probe(loraName, signal) {
      const before = lastBase ?? (await askProbe(client, baseName, signal));
      lastBase = null; // whatever goes wrong from here on, the next probe starts afresh
      const adapter = await askAdapter(loraName, signal);
      if (adapter === NOT_A_NUMBER) {
        await flush(signal);
        return decideProbe(loraName, adapter, [before, before], now());
      }
      const after = await askProbe(client, baseName, signal);
      lastBase = after;
      return decideProbe(loraName, adapter, [before, after], now());
    },
  };
}
