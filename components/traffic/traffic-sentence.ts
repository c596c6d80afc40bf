import type { Measurement } from "#lib/http/schema.ts";
import type { Traffic } from "#lib/requests/browser/traffic-schema.ts";
import { formatCount, formatNumber, formatUnit, quantityText } from "../ui/format.ts";
import type { StateRole } from "../ui/status-words.ts";

/** What the reader may narrow the tenants to. */
export const ONLY = ["fallback", "waiting", "shed"] as const;
export type Only = (typeof ONLY)[number];

/** A piece of the sentence; with `only` it leads to the tenants it speaks of. */
type Part = { text: string; only?: Only };
export type Sentence = { state: StateRole; parts: readonly Part[] };

/** Is it fine, in one sentence: how much, over what, and what waits, was turned away or was answered by something else. */
export function trafficSentence(traffic: Traffic, locale: string): Sentence {
  const { totals, nodes, pools, tenants } = traffic;
  const reachable = nodes.filter((node) => node.reachable.by > 0).length;
  const onFallback = tenants.filter((tenant) => tenant.onFallback !== null).length;
  const isSaturated = pools.some((pool) => pool.isSaturated === true);
  const isFine =
    onFallback === 0 && !isSaturated && isZero(totals.shed) && isZero(totals.failed) && reachable === nodes.length;
  const parts: Part[] = [
    { text: `${rate(totals.requestsPerMinute, locale)} over ${nodesText(reachable, nodes.length, locale)}; ` },
    queued(totals, locale),
    { text: ", " },
    counted(totals.shed, "shed", "shed", locale),
    ...(isZero(totals.failed) ? [] : [{ text: ", " }, { text: `${countText(totals.failed, locale)} failed` }]),
    { text: ", " },
    onFallback === 0
      ? { text: "no tenants on fallback" }
      : { text: `${plural(onFallback, "tenant", locale)} on fallback`, only: "fallback" },
    { text: "." },
  ];
  return { state: isFine ? "ok" : "warn", parts };
}

const isZero = (measurement: Measurement): boolean => measurement.value === 0;

const plural = (count: number, what: string, locale: string): string =>
  `${formatCount(count, locale)} ${what}${count === 1 ? "" : "s"}`;

const nodesText = (reachable: number, all: number, locale: string): string =>
  reachable === all
    ? plural(all, "node", locale)
    : `${formatCount(reachable, locale)} of ${plural(all, "node", locale)}`;

const rate = ({ value }: Measurement, locale: string): string =>
  value === null
    ? "An unknown number of requests"
    : value === 0
      ? "No requests in the last 5 min"
      : `${formatNumber(value, locale)} requests / min`;

const countText = ({ value }: Measurement, locale: string): string =>
  value === null ? "an unknown number" : formatCount(value, locale);

function queued({ queued: waiting, oldestWaitMs }: Traffic["totals"], locale: string): Part {
  if (waiting.value === null) return { text: "queue unknown" };
  if (waiting.value === 0) return { text: "nothing queued" };
  const oldest = !oldestWaitMs.value
    ? ""
    : `, the oldest for ${quantityText(formatUnit(oldestWaitMs.value, oldestWaitMs.unit, locale))}`;
  return { text: `${formatCount(waiting.value, locale)} queued${oldest}`, only: "waiting" };
}

function counted(measurement: Measurement, word: string, only: Only, locale: string): Part {
  if (measurement.value === 0) return { text: `nothing ${word}` };
  return { text: `${countText(measurement, locale)} ${word} in 5 min`, only };
}
