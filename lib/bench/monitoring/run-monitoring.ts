import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { errorText } from "#lib/platform/errors.ts";
import { projectRoot } from "#lib/platform/project-root.ts";
import type { Measured } from "../judge.ts";
import { findDebian } from "../peers.ts";
import { type Prometheus, startPrometheus, withoutPrometheus } from "../prometheus.ts";
import type { JobOptions } from "../run-bench.ts";
import { type Demo, startDemo } from "./demo.ts";
import { countRules, fillVariables, type PanelQuery, readDashboard, selectorsOf } from "./queries.ts";

const METRICS = ["queries_refused", "queries_without_data", "rules_refused", "rule_series_missing"] as const;
const SCRAPE_SECONDS = 2;
/** Four scrapes, as Grafana takes for `$__rate_interval`. */
const RATE_SECONDS = 4 * SCRAPE_SECONDS;
/** The demo's traffic begins when its adapters are loaded. */
const DATA_MS = 3 * 60_000;
const AGAIN_MS = 2_000;

const deployed = (path: string) => readFile(join(projectRoot(), "deploy", path), "utf8");

/**
 * Job `monitoring`: what `deploy/` holds for people's own stacks, asked of a real Prometheus that scrapes the demo by
 * `prometheus.yml`: every query of the dashboard, and every rule.
 */
export async function runMonitoring(options: JobOptions): Promise<Measured[]> {
  const file = await findDebian("prometheus", options);
  if (file === null) return withoutPrometheus(METRICS);
  const demo = await startDemo(options.log);
  let prometheus: Prometheus | null = null;
  try {
    const rules = await deployed("prometheus/switchyard-rules.yml");
    const files = { "switchyard-rules.yml": rules, "switchyard.key": demo.apiKey };
    prometheus = await startPrometheus(file, await configBeside(demo), files);
    const panels = await askPanels(prometheus, demo, options.log);
    const asked = [...panels, ...(await askRules(prometheus, countRules(rules), options.log))];
    return METRICS.map((metric, index) => ({ metric, ours: [asked[index] ?? Number.NaN] }));
  } finally {
    await prometheus?.stop();
    await demo.stop();
  }
}

/** That of `deploy/`: only the ports are this run's, and the scrapes are closer together. */
async function configBeside(demo: Demo): Promise<string> {
  const often = `global: {scrape_interval: ${SCRAPE_SECONDS}s, evaluation_interval: ${SCRAPE_SECONDS}s}\n`;
  const ports = { 3000: demo.web, 8082: demo.metrics, 8083: demo.worker };
  return Object.entries(ports).reduce(
    (text, [usual, port]) => {
      if (!text.includes(`localhost:${usual}`)) throw new Error(`prometheus.yml says nothing of localhost:${usual}`);
      return text.replaceAll(`localhost:${usual}`, `localhost:${port}`);
    },
    often + (await deployed("prometheus/prometheus.yml")),
  );
}

/** Asks until each query has data or the time is over, and says what had none. @returns how many were refused, and had none */
async function askPanels(prometheus: Prometheus, demo: Demo, log: (line: string) => void): Promise<[number, number]> {
  const { queries, variables } = readDashboard(await deployed("grafana/switchyard-fleet.json"));
  const deadline = performance.now() + DATA_MS;
  let open: (PanelQuery & { answer: string | null })[] = queries.map((query) => ({ ...query, answer: "not asked" }));
  const refused = new Map<string, string>();
  while (open.length > 0 && performance.now() < deadline) {
    // what seldom happens has no series before it does
    await fetch(`http://localhost:${demo.gateway}/v1/nothing`);
    const values = new Map<string, string[]>();
    for (const { name, metric, label } of variables) {
      const path = `label/${label}/values?match[]=${encodeURIComponent(metric)}`;
      values.set(name, (await prometheus.get(path)) as string[]);
    }
    const asked = open.map(async (query) => {
      const expression = fillVariables(query.expression, values, RATE_SECONDS);
      const answer = await answerTo(prometheus, expression).catch((error) => {
        refused.set(query.expression, errorText(error));
        return null;
      });
      return { ...query, answer };
    });
    open = (await Promise.all(asked)).filter(({ answer }) => answer !== null);
    if (open.length > 0) await sleep(AGAIN_MS);
  }
  log(`${queries.length} queries of the dashboard were asked`);
  for (const [expression, why] of refused) log(`refused: ${expression}: ${why}`);
  for (const { panel, expression, answer } of open) log(`no data in "${panel}": ${expression}: ${answer}`);
  return [refused.size, open.length];
}

/** @returns null = it has data; else why not */
async function answerTo(prometheus: Prometheus, expression: string): Promise<string | null> {
  const samples = await prometheus.query(expression);
  if (samples.some(({ value: [, value] }) => value !== "NaN")) return null;
  const missing = await missingOf(prometheus, expression);
  if (missing.length > 0) return `no series ${missing.join(", ")}`;
  return samples.length === 0 ? "nothing comes of its series" : "only NaN: nothing was counted meanwhile";
}

async function missingOf(prometheus: Prometheus, expression: string): Promise<string[]> {
  const missing: string[] = [];
  for (const selector of selectorsOf(expression))
    if ((await prometheus.query(`count(${selector})`)).length === 0) missing.push(selector);
  return missing;
}

type Rule = { name: string; query: string; health: string; lastError?: string };

/**
 * What seldom happens (an error, a fallback) has no series before it does, but whoever would count it tells of the metric.
 * @returns how many rules were refused, and how many series nobody exports
 */
async function askRules(prometheus: Prometheus, count: number, log: (line: string) => void): Promise<[number, number]> {
  const deadline = performance.now() + DATA_MS;
  let rules: Rule[] = [];
  do {
    const { groups } = (await prometheus.get("rules")) as { groups: { rules: Rule[] }[] };
    rules = groups.flatMap((group) => group.rules);
    if (rules.every(({ health }) => health !== "unknown")) break;
    await sleep(AGAIN_MS);
  } while (performance.now() < deadline);
  const ill = rules.filter(({ health }) => health !== "ok");
  for (const { name, health, lastError } of ill) log(`rule ${name} is ${health}: ${lastError ?? "no reason given"}`);
  let missing = 0;
  for (const { name, query } of rules)
    for (const selector of await missingOf(prometheus, query)) {
      const isKnown = await isReported(prometheus, selector);
      if (!isKnown) missing += 1;
      log(`rule ${name}: ${selector} ${isKnown ? "has nothing to count yet" : "is exported by nobody"}`);
    }
  log(`${rules.length} of ${count} rules were loaded, ${rules.length - ill.length} of them evaluate`);
  return [ill.length + Math.max(0, count - rules.length), missing];
}

/** Whether somebody who was scraped exports a metric, with or without a series. */
async function isReported(prometheus: Prometheus, selector: string): Promise<boolean> {
  const metric = selector.replace(/\{.*/, "").replace(/_(?:bucket|sum|count)$/, "");
  return Object.keys((await prometheus.get(`metadata?metric=${metric}`)) as object).length > 0;
}
