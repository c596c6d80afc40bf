import type { FindingEvidence } from "#lib/alerting/browser/finding-schema.ts";
import { bytesText, roundly } from "#lib/alerting/browser/forecast-text.ts";
import type { SeenFinding } from "#lib/alerting/findings/record-finding.ts";
import { measurementsOf } from "#lib/metrics/measurement.ts";
import { cpuPlacesFor } from "#lib/pools/browser/cpu-places.ts";
import { slotBytes } from "#lib/pools/slot-bytes.ts";
import { fromCatalog, type Judgement, poolSubject } from "./judgement.ts";
import { minutesOf, type NodeFacts, type PoolFacts } from "./pool-facts.ts";
import { rolloutFix } from "./rollout-fix.ts";
import { slotCurve } from "./slot-curve.ts";
import { counted, listed } from "./words.ts";

const PITFALL = "cpu_starvation";

/**
 * CPU cache starvation: a node read weights from disk without being told to load them, or its host memory has fewer
 * places than 1.2 times the pool's adapters, or fewer than versions lay there at once.
 */
export function detectCpuStarvation(facts: PoolFacts): Judgement {
  const { nodes, pool } = facts;
  const blind = nodes.flatMap(({ diskReads }) =>
    diskReads === null ? [{ pitfall: PITFALL, nodeId: null } as const] : [],
  );
  const reading = nodes.filter(({ diskReads }) => (diskReads?.value ?? 0) > 0);
  const crowded = nodes.filter((node) => residentPeak(node) > node.cpuPlaces);
  const wanted = cpuPlacesFor(pool.adapterCount, pool.maxLoras);
  const isSmall = pool.maxCpuLoras < wanted;
  if (reading.length + crowded.length === 0 && !isSmall) return { seen: [], blind };
  const places = Math.max(wanted, ...nodes.map(residentPeak));
  return { seen: [finding({ reading, crowded, wanted, isSmall, places }, facts)], blind: [] };
}

/** The most versions that lay in its host memory at once, listed or not, as far as it is known. */
const residentPeak = ({ loaded, unlisted }: NodeFacts): number => Math.max(loaded.peak, loaded.now + (unlisted ?? 0));

type Starved = {
  reading: readonly NodeFacts[];
  crowded: readonly NodeFacts[];
  wanted: number;
  isSmall: boolean;
  /** Places that would be enough. */
  places: number;
};

function finding(starved: Starved, facts: PoolFacts): SeenFinding {
  const { pool, now } = facts;
  const { reading, crowded, wanted, isSmall, places } = starved;
  const minutes = minutesOf(facts);
  const reads = reading.reduce((sum, { diskReads }) => sum + (diskReads?.value ?? 0), 0);
  const whys = [
    ...(reads > 0 ? [`weights were read from disk ${counted(reads, "time")} in ${roundly(minutes)} min`] : []),
    ...(crowded.length > 0
      ? [`${listed(crowded.map((node) => `${node.name} held ${residentPeak(node)} versions at its peak`))}`]
      : []),
    ...(isSmall ? [`${counted(pool.adapterCount, "adapter")} need ${wanted}`] : []),
  ];
  const helps = places > pool.maxCpuLoras;
  const then = helps ? `raise --max-cpu-loras to ${places}` : "see which versions are read again";
  return {
    pitfall: PITFALL,
    severity: reads > 0 ? "warning" : "notice",
    ...poolSubject(facts),
    body: {
      sentence: `${counted(pool.maxCpuLoras, "place")} in the CPU cache, but ${listed(whys)}; ${then}.`,
      evidence: [
        { label: "Places in each CPU cache", figure: fromCatalog(pool.maxCpuLoras, "places", now), note: null },
        {
          label: "Places that its adapters need",
          figure: { ...fromCatalog(wanted, "places", now), source: "derived" },
          note: `1.2 × ${counted(pool.adapterCount, "adapter")}, rounded up, and at least one for each GPU slot.`,
        },
        ...facts.nodes.flatMap((node) => nodeEvidence(node, minutes, now)),
      ],
      cause:
        "An adapter outside the CPU cache is read from disk when it is requested. That takes over 500 ms, and all requests of the node wait.",
      fix: helps ? placesFix(places, facts) : fewerFix(facts),
      forecast: reads > 0 && helps ? forecastOf(reading, places, facts) : null,
    },
  };
}

function nodeEvidence(node: NodeFacts, minutes: number, now: Date): FindingEvidence[] {
  const make = measurementsOf({ simulated: node.simulated, asOf: node.scrapedAt ?? now });
  return [
    {
      label: `Read from disk on ${node.name}`,
      figure: make(node.diskReads?.value ?? null, "swaps", node.diskReads?.source),
      note: `In ${roundly(minutes)} min, without loads that Switchyard requested.`,
    },
    {
      label: `Versions resident on ${node.name}, at the peak`,
      figure: make(residentPeak(node), "versions", node.unlisted === null ? "inferred" : "measured"),
      note:
        node.unlisted === null
          ? "Names it listed. vLLM keeps unloaded ones too, and this node does not report how many."
          : `Names it listed, and ${counted(node.unlisted, "copy", "copies")} of names that it no longer lists.`,
    },
  ];
}

function placesFix(places: number, { pool }: PoolFacts): SeenFinding["body"]["fix"] {
  const slot = slotBytes(pool);
  const memory =
    slot === null
      ? "How much host memory that takes is unknown: the base model's shapes are."
      : `Together they take at most ${bytesText(slot * places)} of host memory on each node.`;
  return rolloutFix(
    pool.id,
    { maxCpuLoras: places },
    `Start the pool's engines with --max-cpu-loras ${places}. ${memory} Where memory is short, lower --max-loras instead: an adapter in a GPU slot takes a place of the CPU cache as well.`,
  );
}

const fewerFix = ({ pool }: PoolFacts): SeenFinding["body"]["fix"] => ({
  sentence:
    "The cache is large enough for what was counted, so copies of versions that were unloaded crowd it: they go when others need the room, or with a restart.",
  command: null,
  action: { label: "See its nodes", href: `/pools/${pool.id}/nodes` },
  undo: null,
});

/** Replayed on the nodes whose requests were read; null = none were. */
function forecastOf(reading: readonly NodeFacts[], places: number, facts: PoolFacts): SeenFinding["body"]["forecast"] {
  const minutes = minutesOf(facts);
  const curves = reading.flatMap(({ trace, slots, cpuPlaces }) =>
    trace === null ? [] : [{ curve: slotCurve(trace, slots, facts.from.getTime()), cpuPlaces }],
  );
  if (curves.length === 0) return null;
  const sum = (placesOf: (cpuPlaces: number) => number): number =>
    curves.reduce((total, { curve, cpuPlaces }) => total + curve.readWith(placesOf(cpuPlaces)), 0) / minutes;
  return {
    what: "Reads from disk",
    unit: "a minute",
    before: sum((cpuPlaces) => cpuPlaces),
    after: sum(() => places),
    note: `The requests of the last ${roundly(minutes)} min replayed through an exact model of vLLM's cache; adapters without a request in the 15 minutes before count as read once.`,
  };
}
