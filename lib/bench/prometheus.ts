import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "#lib/platform/supervisor/ports.ts";
import { type Program, startProgram } from "#lib/testbed/program.ts";

/** One line of an answer: its labels, and the value as Prometheus writes it ("NaN" too). */
export type PromSample = { metric: Record<string, string>; value: [number, string] };

/** A Prometheus that runs beside a bench. */
export type Prometheus = {
  program: Program;
  /** @throws Error with Prometheus' own words where it refuses the expression */
  query(expression: string): Promise<PromSample[]>;
  /** What `/api/v1/<path>` answers. @throws Error in the same way */
  get(path: string): Promise<unknown>;
};

/**
 * Starts one on a free port.
 * @param folder of its data; an empty one
 * @param config what stands in `prometheus.yml`
 * @throws Error with its output where it refuses the configuration
 */
export async function startPrometheus(file: string, folder: string, config: string): Promise<Prometheus> {
  const path = join(folder, "prometheus.yml");
  await writeFile(path, config);
  const address = `127.0.0.1:${await freePort("127.0.0.1")}`;
  const get = async (of: string): Promise<unknown> => {
    const answer = (await (await fetch(`http://${address}/api/v1/${of}`)).json()) as { data?: unknown; error?: string };
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.data;
  };
  const program = await startProgram({
    file,
    args: [`--config.file=${path}`, `--storage.tsdb.path=${join(folder, "tsdb")}`, `--web.listen-address=${address}`],
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
  };
}
