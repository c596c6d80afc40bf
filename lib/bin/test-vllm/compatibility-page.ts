import { differingFacts, expectedFacts, type Fact, type Facts, type Point } from "#lib/vllm/contract/point.ts";
import { countResults, type PointResult } from "#lib/vllm/contract/run-points.ts";
import type { TraceReport } from "./compare-trace.ts";

/** What a run saw on one kind of node. */
export type Side = { version: string; results: readonly PointResult[]; trace: TraceReport | null };

export type CompatibilityPage = {
  points: readonly Point[];
  vllm: Side;
  simulated: Side;
  /** Such as "2026-11-24". */
  date: string;
  /** How the real engine was run, in one line. */
  engine: string;
};

/** `docs/vllm-compatibility.md`: every point as it was seen on a real vLLM and on a simulated node, in a fixed order. */
export function renderCompatibility(page: CompatibilityPage): string {
  const sections = [...new Set(page.points.map(({ section }) => section))].toSorted(bySection);
  return `${[
    "# vLLM compatibility",
    "",
    "Written by `npm run test:vllm`; edit the suite in `lib/vllm/contract`, not this page. A point is one rule of how vLLM",
    "serves adapters that are loaded while it runs. Real engine and simulated node are asked the same requests by the same",
    "code; *yes* means that the rule was seen to hold.",
    "",
    ...summary(page),
    ...sections.flatMap((section) => sectionTable(section, page)),
    ...traceSection(page),
  ].join("\n")}\n`;
}

/** What a section of the contract is about; its number is what code comments cite. */
const TITLES: Readonly<Record<string, string>> = {
  "1.1": "Load and unload: what is asked",
  "1.2": "Load and unload: what is answered",
  "1.3": "Keys, and what they do not guard",
  "1.4": "Restart",
  "2": "Other endpoints",
  "3": "Metrics",
  "3.1": "Metrics that were renamed",
  "3.2": "lora_requests_info",
  "3.3": "Residency: what vLLM does not tell",
  "3.4": "Which adapter answered",
  "4.1": "The registry of names",
  "4.2": "Two tiers: what a use does",
  "4.3": "Two tiers: steps, not requests",
  "4.4": "max_loras in one batch",
  "4.5": "Unload, reload, files",
  "5": "Adapters that are loaded in silence",
  "6": "The plugin",
  "8": "Limits of requests",
};

const bySection = (a: string, b: string): number => a.localeCompare(b, "en", { numeric: true });

function summary({ vllm, simulated, date, engine }: CompatibilityPage): string[] {
  const [real, sim] = [countResults(vllm.results), countResults(simulated.results)];
  const row = (what: string, left: string | number, right: string | number) => `| ${what} | ${left} | ${right} |`;
  return [
    "|  | real vLLM | simulated node |",
    "| --- | --- | --- |",
    row("version", vllm.version, simulated.version),
    row("run on", date, date),
    row("points passed", real.passed, sim.passed),
    row("points failed", real.failed, sim.failed),
    row("points left out", real.leftOut, sim.leftOut),
    row("trace: figures that differ from the cache model", traceCount(vllm.trace), traceCount(simulated.trace)),
    "",
    engine,
    "",
  ];
}

const traceCount = (trace: TraceReport | null): string =>
  trace === null ? "not run" : `${trace.mismatches.length} of ${trace.compared}`;

function sectionTable(section: string, { points, vllm, simulated }: CompatibilityPage): string[] {
  const find = (side: Side, id: string) => side.results.find((result) => result.id === id);
  return [
    `## ${section} ${TITLES[section] ?? "Other"}`,
    "",
    "| point | rule | vLLM | simulated | seen |",
    "| --- | --- | --- | --- | --- |",
    ...points
      .filter((point) => point.section === section)
      .map((point) => {
        const [real, sim] = [find(vllm, point.id), find(simulated, point.id)];
        const cells = [`\`${point.id}\``, point.says, mark(real), mark(sim), seen(point, vllm, real, sim)];
        return `| ${cells.map(escapeCell).join(" | ")} |`;
      }),
    "",
  ];
}

function mark(result: PointResult | undefined): string {
  switch (result?.outcome) {
    case "passed":
      return "yes";
    case "failed":
      return `**no**: ${result.differing.join(", ")}`;
    case "broken":
      return "**not carried out**";
    case "left_out":
      return `left out: ${result.reason}`;
    default:
      return "not asked";
  }
}

/** What was seen, once where both agree. */
function seen(point: Point, vllm: Side, real: PointResult | undefined, sim: PointResult | undefined): string {
  const [left, right] = [factsOf(real), factsOf(sim)];
  if (left !== null && right !== null)
    return differingFacts(left, right).length === 0
      ? factsText(left)
      : `vLLM: ${factsText(left)}; simulated: ${factsText(right)}`;
  const only = left ?? right;
  if (only !== null) return factsText(only);
  return `nothing; the rule says ${factsText(expectedFacts(point, vllm.version))}`;
}

const factsOf = (result: PointResult | undefined): Facts | null =>
  result?.outcome === "passed" || result?.outcome === "failed" ? result.seen : null;

const factsText = (facts: Facts): string =>
  Object.entries(facts)
    .map(([name, fact]) => `${name} ${factText(fact)}`)
    .join(", ");

const factText = (fact: Fact): string => {
  if (fact === null) return "none";
  if (typeof fact === "object") return `[${fact.map((item) => factText(item)).join(" ")}]`;
  return fact === "" ? '""' : String(fact);
};

/** A vertical bar would end the cell, an angle bracket would be a tag. */
const escapeCell = (text: string): string =>
  text
    .replaceAll("|", "\\|")
    .replaceAll("<", "&lt;")
    .replaceAll(/\s*\n\s*/g, " ");

function traceSection({ vllm, simulated }: CompatibilityPage): string[] {
  return [
    "## A trace against the cache model",
    "",
    "Loads, unloads and requests of a seed, one after another, over more adapters than the host cache holds. After each, the",
    "plugin's five counters and the tier of every adapter are compared with what `lib/lora-cache` says must happen. Then",
    "requests at once, two adapters in a batch: vLLM's order inside a step is unknown, so the totals must lie between the",
    "model's least and most.",
    "",
    ...(["vLLM", "simulated node"] as const).flatMap((name) => {
      const trace = name === "vLLM" ? vllm.trace : simulated.trace;
      return trace === null ? [`**${name}**: not run.`, ""] : traceTable(name, trace);
    }),
  ].slice(0, -1);
}

const METRICS = {
  evictedFromGpu: "evicted from a slot",
  evictedFromCpu: "evicted from the host cache",
  fromGpu: "entered a batch from a slot",
  fromCpu: "swapped in from the host cache",
  fromDisk: "read from disk",
} as const;

function traceTable(name: string, trace: TraceReport): string[] {
  const metrics = Object.keys(METRICS) as (keyof typeof METRICS)[];
  return [
    `**${name}**: ${trace.requests} requests, ${trace.loads} loads, ${trace.unloads} unloads; ${trace.compared} figures ` +
      `compared, ${trace.mismatches.length} differ. Then ${trace.waves.requests} requests in ${trace.waves.waves} waves.`,
    "",
    "| figure | one after another: node | model | at once: node | model's least to most |",
    "| --- | --- | --- | --- | --- |",
    ...metrics.map((metric) => {
      const wave = trace.waves.metrics.find((each) => each.metric === metric);
      const atOnce = wave
        ? [`${wave.node}${wave.isWithin ? "" : " **outside**"}`, `${wave.least} to ${wave.most}`]
        : ["", ""];
      return `| ${[METRICS[metric], trace.node[metric], trace.model[metric], ...atOnce].join(" | ")} |`;
    }),
    "",
    ...trace.mismatches
      .slice(0, 20)
      .map(
        ({ event, did, metric, model, node }) =>
          `- event ${event} (${did}): ${metric} is ${node}, the model says ${model}`,
      ),
    ...(trace.mismatches.length > 0 ? [""] : []),
  ];
}
