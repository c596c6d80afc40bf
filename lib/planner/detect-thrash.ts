import { bytesText, roundly } from "#lib/alerting/browser/forecast-text.ts";
import type { Blind, SeenFinding } from "#lib/alerting/findings/record-finding.ts";
import { peakAdapters } from "#lib/metrics/derived/node-timeline.ts";
import { measurementsOf } from "#lib/metrics/measurement.ts";
import { type Judgement, nodeSubject } from "./judgement.ts";
import { minutesOf, type NodeFacts, type NodeTrace, type PoolFacts } from "./pool-facts.ts";
import { rolloutFix } from "./rollout-fix.ts";
import { fewestSlots, type SlotCurve, slotCurve } from "./slot-curve.ts";
import { type SlotsFit, slotsFit } from "./slots-fit.ts";
import { counted } from "./words.ts";

const PITFALL = "eviction_thrash";
/** A tenant counts as hot for this long after its last request: sooner than that it tends to come back. */
const HOT_MS = 60_000;
/** More slots are worth their memory when they spare nine of ten evictions, and bring them well below the alert. */
const SPARED = 0.1;
const BELOW_ALERT = 0.2;
/** Fewer slots than would be enough, for want of memory, are not worth a restart unless they spare a quarter. */
const LEAST_SPARED = 0.75;

type Thrashing = { node: NodeFacts; evictions: number; peak: Peak; curve: SlotCurve };

/**
 * Eviction thrash: a node drops more adapters from its slots than the alert allows, and more tenants were hot at once than
 * it has slots. The fix is the fewest slots with which a replay of the same requests keeps most of them.
 */
export function detectThrash(facts: PoolFacts): Judgement {
  const { evictionAlertThreshold } = facts.settings;
  const blind = facts.nodes.flatMap(({ id, evictions, trace }): Blind[] => {
    const isExplained = evictions !== null && (evictions.value <= evictionAlertThreshold || trace !== null);
    return isExplained ? [] : [{ pitfall: PITFALL, nodeId: id }];
  });
  const found = facts.nodes.flatMap((node) => thrashing(node, facts) ?? []);
  if (found.length === 0) return { seen: [], blind };
  const advice = advise(found, facts);
  return { seen: found.map((one) => finding(one, advice, facts)), blind };
}

function thrashing(node: NodeFacts, { from, to, settings }: PoolFacts): Thrashing | null {
  const { evictions, trace, slots } = node;
  if (evictions === null || trace === null || evictions.value <= settings.evictionAlertThreshold) return null;
  const peak = hotAtOnce(trace, from.getTime(), to.getTime());
  if (peak.adapters <= slots) return null;
  return { node, evictions: evictions.value, peak, curve: slotCurve(trace, slots, from.getTime()) };
}

/** An adapter takes a slot whoever it is of; where a tenant has several, both are said. */
type Peak = { adapters: number; tenants: number };

function hotAtOnce({ requests, tenantOf }: NodeTrace, fromMs: number, toMs: number): Peak {
  const hot = requests.map((request) => ({ ...request, endedMs: request.endedMs + HOT_MS }));
  const byTenant = hot.map((request) => ({
    ...request,
    loraName: request.loraName === null ? null : (tenantOf.get(request.loraName) ?? request.loraName),
  }));
  return { adapters: peakAdapters(hot, fromMs, toMs), tenants: peakAdapters(byTenant, fromMs, toMs) };
}

const peakText = ({ adapters, tenants }: Peak): string =>
  adapters === tenants
    ? `${adapters} distinct tenants`
    : `${counted(adapters, "distinct adapter")} of ${counted(tenants, "tenant")}`;

type Advice = { slots: number; cpuPlaces: number; fit: SlotsFit; isCut: boolean };

/** One number for the whole pool, for its nodes run with the same limits. */
function advise(found: readonly Thrashing[], facts: PoolFacts): Advice {
  const { pool, settings, nodes } = facts;
  const limit = settings.evictionAlertThreshold * BELOW_ALERT;
  const wanted = (curve: SlotCurve, slots: number) => Math.min(limit, curve.lostWith(slots) * SPARED);
  const enough = Math.max(
    ...found.map(({ node, curve }) => fewestSlots([curve], node.slots + 1, wanted(curve, node.slots))),
  );
  const fits = nodes.map((node) => slotsFit(pool, node, enough));
  const most = Math.min(enough, ...fits.flatMap((fit) => fit.most ?? []));
  const slots = Math.max(most, 1);
  const known = fits.find((fit) => fit.fits !== null) ?? fits[0] ?? slotsFit(pool, { gpu: null }, slots);
  return {
    slots,
    cpuPlaces: Math.max(pool.maxCpuLoras, slots),
    fit: { ...known, ...(slots === enough ? {} : { extraBytes: slotsFit(pool, { gpu: null }, slots).extraBytes }) },
    isCut: slots < enough,
  };
}

function finding({ node, evictions, peak, curve }: Thrashing, advice: Advice, facts: PoolFacts): SeenFinding {
  const minutes = minutesOf(facts);
  const before = curve.lostWith(node.slots) / minutes;
  const after = curve.lostWith(advice.slots) / minutes;
  const helps = advice.slots > node.slots && after <= before * LEAST_SPARED;
  const measured = measurementsOf({ simulated: node.simulated, asOf: node.scrapedAt ?? facts.now });
  const inWindow = measurementsOf({ simulated: node.simulated, asOf: facts.to });
  const derived = measurementsOf({ simulated: node.simulated, asOf: facts.to, coverage: { seen: 1, of: 1 } });
  // figures that change with every check are evidence: advice stays as it is while somebody works on it
  const crowd = `more adapters are active at once than its ${counted(node.slots, "GPU slot")} can hold`;
  return {
    pitfall: PITFALL,
    severity: "warning",
    ...nodeSubject(node),
    body: {
      sentence: helps
        ? `${node.name}: ${crowd}; raise --max-loras to ${advice.slots}: predicted evictions ${roundly(before)} → ${roundly(after)} a minute (forecast).`
        : `${node.name}: ${crowd}, and its GPU has no room for as many; spread its tenants over more nodes.`,
      evidence: [
        {
          label: "Evictions from GPU slots",
          figure: inWindow(evictions, "evictions", node.evictions?.source),
          note: `In ${roundly(minutes)} min, to ${facts.to.toISOString().slice(11, 16)} UTC; the alert is set above ${facts.settings.evictionAlertThreshold}.`,
        },
        {
          label: "Tenants hot at once, at the peak",
          figure: derived(peak.tenants, "tenants", "derived"),
          note: `${peakText(peak)} with a request running, waiting, or ended within the last minute; from the request trace.`,
        },
        {
          label: "GPU slots",
          figure: measured(node.slots, "slots"),
          note: `One adapter each. ${memoryText(advice, node, facts)}`,
        },
      ],
      cause: `More tenants are active at the same time than ${node.name} has slots. Each returning tenant finds its slot taken, evicts another one, and waits while its weights are copied again.`,
      fix: helps ? slotsFix(advice, facts) : spreadFix(facts),
      forecast: helps
        ? {
            what: "Evictions",
            unit: "a minute",
            before,
            after,
            note: `The requests of the last ${roundly(minutes)} min on ${node.name}, replayed through an exact model of vLLM's cache with ${node.slots} and with ${advice.slots} slots. Other traffic will differ.`,
          }
        : null,
    },
  };
}

function memoryText({ slots, fit: { extraBytes, fits }, isCut }: Advice, node: NodeFacts, { pool }: PoolFacts): string {
  if (extraBytes === null) return "What more slots take is unknown: the base model's shapes are.";
  const extra = `${slots} instead of ${pool.maxLoras} take ${bytesText(extraBytes)} more on each GPU`;
  if (isCut) return `${extra}: all that fit beside the base model and one sequence.`;
  if (fits === null) return `${extra}; whether they fit is unknown, for ${node.name}'s GPU memory is.`;
  return `${extra}; they fit beside the base model, and leave less for the KV cache.`;
}

function slotsFix({ slots, cpuPlaces }: Advice, { pool }: PoolFacts): SeenFinding["body"]["fix"] {
  const more = cpuPlaces > pool.maxCpuLoras ? { maxCpuLoras: cpuPlaces } : {};
  const also = cpuPlaces > pool.maxCpuLoras ? ` and --max-cpu-loras ${cpuPlaces}, which must not be less` : "";
  return rolloutFix(
    pool.id,
    { maxLoras: slots, ...more },
    `Start the pool's engines with --max-loras ${slots}${also}. Until then, a longer batch wait (max_batch_wait_ms, on the pool's page) groups requests of one tenant.`,
  );
}

const spreadFix = ({ pool }: PoolFacts): SeenFinding["body"]["fix"] => ({
  sentence: "Add a node to the pool, or place each adapter on fewer of its nodes, so that fewer tenants share one.",
  command: null,
  action: { label: "Plan its placement", href: `/pools/${pool.id}/placement` },
  undo: "A plan is applied only manually, and you can apply another one later.",
});
