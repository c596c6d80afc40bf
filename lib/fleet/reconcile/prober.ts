import { errorText } from "#lib/platform/errors.ts";
import type { Log } from "#lib/platform/log.ts";
import { parseAnswered } from "#lib/vllm/answered.ts";
import { parseInFlight } from "#lib/vllm/in-flight.ts";
import type { NodeClient } from "#lib/vllm/node-client.ts";
import type { ProbeResult } from "../schema.ts";
import {
  askProbe,
  type BaseReading,
  DISTURBED,
  decideProbe,
  isNotANumber,
  NOT_A_NUMBER,
  PROBE_PROMPTS,
  type ProbeReading,
} from "./load-probe.ts";

/** What an adapter answered, between a reading of the base before it and one that is still to come. */
export type Asked = { loraName: string; before: BaseReading; adapter: ProbeReading | typeof NOT_A_NUMBER };

/** Probes the adapters of one node; every request is made alone, since a batch of several disturbs them. */
export type Prober = {
  /** Asks one adapter. @throws NodeError when the node gives no usable answer: then nothing is proven either way */
  ask(loraName: string, signal: AbortSignal): Promise<Asked>;
  /** Asks the base once more and judges, in the order given. @throws NodeError as above */
  judge(asked: readonly Asked[], signal: AbortSignal): Promise<ProbeResult[]>;
  /** Both at once, for one adapter. @throws NodeError as above */
  probe(loraName: string, signal: AbortSignal): Promise<ProbeResult>;
};

/** NaN reaches the next request on the node, whoever's it is (seen on 0.32.0); two of our own take it instead. */
const REQUESTS_AFTER_NAN = 2;

type ProberParts = {
  client: NodeClient;
  baseName: string;
  /** The base may only be asked while nothing else runs on the node (`askAlone`). */
  mixesBaseRows: boolean;
  now: () => Date;
  log: Log;
};

/** The base reading after some adapters is the reading before the next ones, so that each costs little more than one. */
export function createProber({ client, baseName, mixesBaseRows, now, log }: ProberParts): Prober {
  let lastBase: ProbeReading | null = null;
  const askBase = async (signal: AbortSignal): Promise<BaseReading> => {
    const reading = await (mixesBaseRows ? askAlone : askProbe)(client, baseName, signal);
    lastBase = reading === DISTURBED ? null : reading;
    return reading;
  };
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
  const prober: Prober = {
    async ask(loraName, signal) {
      const before = lastBase ?? (await askBase(signal));
      const adapter = await askAdapter(loraName, signal);
      if (adapter === NOT_A_NUMBER) await flush(signal);
      return { loraName, before, adapter };
    },
    async judge(asked, signal) {
      lastBase = null; // whatever goes wrong from here on, the next adapter starts afresh
      const isAnyNumber = asked.some(({ adapter }) => adapter !== NOT_A_NUMBER);
      const after = isAnyNumber ? await askBase(signal) : null;
      return asked.map(({ loraName, before, adapter }) =>
        decideProbe(loraName, adapter, [before, after ?? before], now()),
      );
    },
    async probe(loraName, signal) {
      const [result] = await prober.judge([await prober.ask(loraName, signal)], signal);
      if (!result) throw new Error("one adapter was asked, none was judged");
      return result;
    },
  };
  return prober;
}

/** How many requests a node has finished, if nothing runs or waits on it; null = something does, or it does not tell. */
function finishedWhenIdle(exposition: string): number | null {
  const inFlight = parseInFlight(exposition);
  return inFlight !== null && inFlight.running + inFlight.waiting === 0 ? parseAnswered(exposition) : null;
}

/**
 * Asks the base model while nothing else is in flight on the node, and makes sure that nothing was: idle before and after,
 * and no more requests finished in between than the probe's own. For engines that answer base-model requests beside
 * adapters with an adapter's weights.
 * @throws NodeError when the node gives no usable answer
 */
async function askAlone(client: NodeClient, baseName: string, signal: AbortSignal): Promise<BaseReading> {
  const before = finishedWhenIdle(await client.metrics(signal));
  if (before === null) return DISTURBED;
  const reading = await askProbe(client, baseName, signal);
  const after = finishedWhenIdle(await client.metrics(signal));
  return after !== null && after - before === PROBE_PROMPTS.length ? reading : DISTURBED;
}
