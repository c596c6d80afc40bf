import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { errorText } from "#lib/platform/errors.ts";
import { projectRoot } from "#lib/platform/project-root.ts";
import type { Measured } from "../measured.ts";
import { type Prometheus, startPrometheus } from "../prometheus.ts";
import { findPrometheus } from "../scrape/peers.ts";
import { type Demo, startDemo } from "./demo.ts";
import { countRules, fillVariables, type PanelQuery, readDashboard, selectorsOf } from "./queries.ts";

const METRICS = ["queries_refused", "queries_without_data", "rules_refused", "rule_series_missing"] as const;
const SCRAPE_SECONDS = 2;
/** Four looks, as Grafana takes for `$__rate_interval`. */
const RATE_SECONDS = 4 * SCRAPE_SECONDS;
/** The demo's traffic begins when its adapters are loaded. */
const DATA_MS = 3 * 60_000;
const AGAIN_MS = 2_000;
const deploy = (path: string) => join(projectRoot(), "deploy", path);

/**
 * Job `monitoring`: what `deploy/` holds for people's own stacks, asked of a real Prometheus that scrapes the demo by
 * `prometheus.yml`: every query of the dashboard, and every rule.
 */
export async function runMonitoring(options: { peers: boolean; say(line: string): void }): Promise<Measured[]> {
  const prometheus = await findPrometheus(options.peers, options.say);
  if (prometheus === null) {
    const peer = { name: "Prometheus", values: null, reason: "run with --peers" } as const;
    return METRICS.map((metric) => ({ metric, ours: [], peer }));
  }
  const demo = await startDemo(options.say);
  const folder = await mkdtemp(join(tmpdir(), "switchyard-bench-prometheus-"));
  let running: Prometheus | null = null;
  try {
    const rules = await readFile(deploy("prometheus/switchyard-rules.yml"), "utf8");
    running = await startBesideDemo(prometheus, folder, demo);
    const panels = await askPanels(running, demo, options.say);
    const asked = await askRules(running, countRules(rules), options.say);
    return [
      { metric: "queries_refused", ours: [panels.refused] },
      { metric: "queries_without_data", ours: [panels.withoutData] },
      { metric: "rules_refused", ours: [asked.refused] },
      { metric: "rule_series_missing", ours: [asked.missing] },
    ];
  } finally {
    await running?.program.stop();
    await demo.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** By the files of `deploy/`: only the ports are this run's, and the looks are closer together. */
async function startBesideDemo(file: string, folder: string, demo: Demo): Promise<Prometheus> {
  await copyFile(deploy("prometheus/switchyard-rules.yml"), join(folder, "switchyard-rules.yml"));
  await writeFile(join(folder, "switchyard.key"), demo.apiKey);
  const ports = { 3000: demo.web, 8082: demo.metrics, 8083: demo.worker };
  const config = Object.entries(ports).reduce(
    (text, [usual, port]) => {
      if (!text.includes(`localhost:${usual}`)) throw new Error(`prometheus.yml says nothing of localhost:${usual}`);
      return text.replaceAll(`localhost:${usual}`, `localhost:${port}`);
    },
    await readFile(deploy("prometheus/prometheus.yml"), "utf8"),
  );
  const often = `global: {scrape_interval: ${SCRAPE_SECONDS}s, evaluation_interval: ${SCRAPE_SECONDS}s}\n`;
  return startPrometheus(file, folder, often + config);
}

/** Asks until each query has data or the time is over, and says what had none. */
async function askPanels(prometheus: Prometheus, demo: Demo, say: (line: string) => void) {
  const { queries, variables } = readDashboard(await readFile(deploy("grafana/switchyard-fleet.json"), "utf8"));
  const deadline = performance.now() + DATA_MS;
  let open: (PanelQuery & { answer: string | null })[] = queries.map((query) => ({ ...query, answer: "not asked" }));
  const refused = new Map<string, string>();
  for (;;) {
    // what seldom happens has no series before it does
    await fetch(`http://localhost:${demo.gateway}/v1/nothing`);
    const values = new Map<string, string[]>();
    for (const { name, metric, label } of variables)
      values.set(
        name,
        (await prometheus.get(`label/${label}/values?match[]=${encodeURIComponent(metric)}`)) as string[],
      );
    const answers = await Promise.all(
      open.map(async (query) => {
        const filled = fillVariables(query.expression, values, RATE_SECONDS);
        return { ...query, answer: await answerTo(prometheus, filled, (why) => refused.set(query.expression, why)) };
      }),
    );
    open = answers.filter(({ expression, answer }) => answer !== null && !refused.has(expression));
    if (open.length === 0 || performance.now() > deadline) break;
    await sleep(AGAIN_MS);
  }
  say(`${queries.length} queries of the dashboard were asked`);
  for (const [expression, why] of refused) say(`refused: ${expression}: ${why}`);
  for (const { panel, expression, answer } of open) say(`no data in "${panel}": ${expression}: ${answer}`);
  return { refused: refused.size, withoutData: open.length };
}

/** @returns null = it has data; else why not */
async function answerTo(
  prometheus: Prometheus,
  expression: string,
  refuse: (why: string) => void,
): Promise<string | null> {
  try {
    const samples = await prometheus.query(expression);
    if (samples.some(({ value: [, value] }) => value !== "NaN")) return null;
    const missing = await missingOf(prometheus, expression);
    if (missing.length > 0) return `no series ${missing.join(", ")}`;
    return samples.length === 0 ? "nothing comes of its series" : "only NaN: nothing was counted meanwhile";
  } catch (error) {
    refuse(errorText(error));
    return null;
  }
}

async function missingOf(prometheus: Prometheus, expression: string): Promise<string[]> {
  const found = await Promise.all(
    selectorsOf(expression).map(async (selector) => [selector, await prometheus.query(`count(${selector})`)] as const),
  );
  return found.flatMap(([selector, samples]) => (samples.length === 0 ? selector : []));
}

type Rule = { name: string; query: string; health: string; lastError?: string };

/** What seldom happens (an error, a fallback) has no series before it does, but whoever would count it tells of the metric. */
async function askRules(prometheus: Prometheus, count: number, say: (line: string) => void) {
  const deadline = performance.now() + DATA_MS;
  const told = async () => {
    const { groups } = (await prometheus.get("rules")) as { groups: { rules: Rule[] }[] };
    return groups.flatMap(({ rules }) => rules);
  };
  let rules = await told();
  while (rules.some(({ health }) => health === "unknown") && performance.now() < deadline) {
    await sleep(AGAIN_MS);
    rules = await told();
  }
  const ill = rules.filter(({ health }) => health !== "ok");
  for (const { name, health, lastError } of ill) say(`rule ${name} is ${health}: ${lastError ?? "no reason given"}`);
  let missing = 0;
  for (const { name, query } of rules) {
    const without = await missingOf(prometheus, query);
    const unknown: string[] = [];
    for (const selector of without)
      if (await isTold(prometheus, selector)) say(`rule ${name}: nothing has happened yet that ${selector} counts`);
      else unknown.push(selector);
    for (const selector of unknown) say(`rule ${name} reads ${selector}, which nobody exports`);
    missing += unknown.length;
  }
  say(`${rules.length} of ${count} rules were loaded, ${rules.length - ill.length} of them evaluate`);
  return { refused: ill.length + Math.max(0, count - rules.length), missing };
}

/** Whether somebody who was scraped exports a metric, with or without a series. */
async function isTold(prometheus: Prometheus, selector: string): Promise<boolean> {
  const metric = selector.replace(/\{.*/, "").replace(/_(?:bucket|sum|count)$/, "");
  return Object.keys((await prometheus.get(`metadata?metric=${metric}`)) as object).length > 0;
}
