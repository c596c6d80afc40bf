import { startBenchPostgres } from "#lib/testbed/postgres.ts";
import type { Measured } from "../measured.ts";
import { measurePaced } from "./paced.ts";
import { findPrometheus } from "./peers.ts";

/** Job `scrape`: scraping and storing the metrics of 100 nodes every ten seconds, beside Prometheus. About two minutes a run. */
export async function runScrape(options: {
  runs: number;
  peers: boolean;
  say(line: string): void;
}): Promise<Measured[]> {
  const prometheus = await findPrometheus(options.peers, options.say);
  const ours: number[] = [];
  const theirs: number[] = [];
  const jitter: number[] = [];
  const postgres = await startBenchPostgres();
  try {
    for (let run = 0; run < options.runs; run += 1) {
      const paced = await measurePaced(postgres, prometheus);
      ours.push(paced.ours);
      if (paced.prometheus !== null) theirs.push(paced.prometheus);
      jitter.push(paced.jitterP99);
      const peer = paced.prometheus?.toPrecision(4) ?? "(not here)";
      options.say(`run ${run + 1}: CPU ${paced.ours.toPrecision(4)} beside Prometheus ${peer}`);
    }
  } finally {
    await postgres.stop();
  }
  const peer =
    prometheus === null
      ? { name: "Prometheus", values: null, reason: "run with --peers" }
      : { name: "Prometheus", values: theirs };
  return [
    { metric: "cpu_over_prometheus", ours, peer },
    { metric: "tick_jitter_p99", ours: jitter },
  ];
}
