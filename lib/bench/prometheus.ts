import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "#lib/platform/supervisor/ports.ts";
import { type Program, startProgram } from "#lib/testbed/program.ts";
import type { Measured } from "./judge.ts";

/** One line of an answer: its labels, and the value as Prometheus writes it ("NaN" too). */
export type PromSample = { metric: Record<string, string>; value: [number, string] };

/** A Prometheus that runs beside a bench. */
export type Prometheus = {
  program: Program;
  /** @throws Error with Prometheus' own words where it refuses the expression */
  query(expression: string): Promise<PromSample[]>;
  /** What `/api/v1/<path>` answers. @throws Error in the same way */
  get(path: string): Promise<unknown>;
  stop(): Promise<void>;
};

/** What a job says that cannot do without Prometheus, where there is none. */
export const withoutPrometheus = (metrics: readonly string[]): Measured[] =>
  metrics.map((metric) => ({
    metric,
    ours: [],
    peer: { name: "Prometheus", values: null, reason: "run with --peers" },
  }));

/**
 * Starts one on a free port.
 * @param config what stands in `prometheus.yml`; `files` lie beside it
 * @throws Error with its output where it refuses the configuration
 */
export async function startPrometheus(
  file: string,
  config: string,
  files: Readonly<Record<string, string>> = {},
): Promise<Prometheus> {
  const folder = await mkdtemp(join(tmpdir(), "switchyard-bench-prometheus-"));
  for (const [name, text] of Object.entries({ ...files, "prometheus.yml": config }))
    await writeFile(join(folder, name), text);
  const address = `127.0.0.1:${await freePort("127.0.0.1")}`;
  const get = async (of: string): Promise<unknown> => {
    const answer = (await (await fetch(`http://${address}/api/v1/${of}`)).json()) as { data?: unknown; error?: string };
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.data;
  };
  const program = await startProgram({
    file,
    args: [
      `--config.file=${join(folder, "prometheus.yml")}`,
      `--storage.tsdb.path=${join(folder, "tsdb")}`,
      `--web.listen-address=${address}`,
    ],
    core: null,
    isReady: async () => (await fetch(`http://${address}/-/ready`)).status === 200,
  });
  return {
    program,
    get,
    async query(expression) {
      const { result } = (await get(`query?query=${encodeURIComponent(expression)}`)) as { result: PromSample[] };
      return result;
    },
    async stop() {
      await program.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A configuration that scrapes these ports of this machine. */
export const scrapeConfig = (ports: readonly number[], everySeconds: number): string => {
  const targets = ports.map((port) => `"127.0.0.1:${port}"`).join(", ");
  return `global: {scrape_interval: ${everySeconds}s}\nscrape_configs: [{job_name: nodes, static_configs: [{targets: [${targets}]}]}]\n`;
};
