import { readFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { product, SIGNED_OUT } from "../support/product.ts";

test.use({ storageState: SIGNED_OUT });

type Dashboard = { panels: { title: string; targets?: { expr: string }[] }[] };
const read = (name: string) => readFileSync(new URL(`../../deploy/${name}`, import.meta.url), "utf8");
/** What PromQL itself calls by a name like a metric's. */
const NAMES = /\b(?:switchyard|vllm:)[a-z0-9_:]+/g;

const metricNames = (expressions: readonly string[]): string[] =>
  [...new Set(expressions.flatMap((expression) => expression.match(NAMES) ?? []))].sort();

/** Of what is running now: the gateway, the worker, and every node that Prometheus would be told of, asked as it would ask. */
async function exported(): Promise<Set<string>> {
  const { consoleUrl, apiKey, metricsUrls } = product();
  const headers = { authorization: `Bearer ${apiKey}` };
  const reply = await fetch(`${consoleUrl}/api/v1/prometheus/targets`, { headers });
  const targets = (await reply.json()) as { targets: string[]; labels: Record<string, string> }[];
  expect(targets.length).toBeGreaterThan(1);
  const nodes = targets.map(
    ({ targets: [host], labels }) => `${labels.__scheme__}://${host}${labels.__metrics_path__}`,
  );
  const texts = await Promise.all(
    [...metricsUrls.map((url) => `${url}/metrics`), ...nodes].map(async (url) => (await fetch(url)).text()),
  );
  return new Set(
    texts.flatMap((text) => [...text.matchAll(/^([a-zA-Z_:][\w:]*)[{ ]/gm)].map(([, name]) => name ?? "")),
  );
}

test("what the dashboard and the rules ask for is exported by what runs", async () => {
  // what seldom happens has no series before it does: a request that the gateway refuses
  expect((await fetch(`${product().gatewayUrl}/v1/nothing`)).status).toBe(404);
  const names = await exported();
  const dashboard = JSON.parse(read("grafana/switchyard-fleet.json")) as Dashboard;
  const panels = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  expect(panels.length).toBeGreaterThan(15);
  const rules = [...read("prometheus/switchyard-rules.yml").matchAll(/expr: (?:\|\n((?: {10}.*\n)+)|(.*))/g)].map(
    ([, block, line]) => block ?? line ?? "",
  );
  expect(rules.length).toBe(11);
  const asked = metricNames([...panels, ...rules]);
  expect(asked.length).toBeGreaterThan(20);
  expect(asked.filter((name) => !names.has(name))).toEqual([]);
});
