import { startBenchPostgres } from "../bench-database.ts";
import type { Measured } from "../measured.ts";
import { measureInserts, RECORDED } from "./insert.ts";
import { measurePaced } from "./paced.ts";
import { measureParsing } from "./parse.ts";
import { findScrapePeers } from "./peers.ts";
import { victoriaBytesPerLook } from "./victoria-bytes.ts";

const HOW = "run with --peers";

/** Job `scrape`: reading, storing and pacing the looks at 100 nodes, beside what others use for it. About 170 s a run. */
export async function runScrape(options: {
  runs: number;
  peers: boolean;
  say(line: string): void;
}): Promise<Measured[]> {
  const peers = await findScrapePeers(options.peers, options.say);
  const parsing = series("parse-prometheus-text-format", peers.parse !== null);
  const inserts = series("COPY binary", peers.copyFrom !== null);
  const cpu = series("Prometheus", peers.prometheus !== null);
  const bytes = series("VictoriaMetrics", peers.victoria !== null);
  const jitter: number[] = [];
  const postgres = await startBenchPostgres();
  try {
    for (let run = 0; run < options.runs; run += 1) {
      parsing.add(measureParsing(peers.parse));
      const stored = await measureInserts(postgres, peers.copyFrom);
      inserts.add(stored);
      const { victoria } = peers;
      bytes.add({
        ours: stored.bytes,
        peer: victoria === null ? null : await victoriaBytesPerLook(victoria, RECORDED),
      });
      const paced = await measurePaced(postgres, peers.prometheus);
      cpu.add({ ours: paced.ours, peer: paced.prometheus });
      jitter.push(paced.jitterP99);
      options.say(`run ${run + 1}: ${[parsing, inserts, bytes, cpu].map((one) => one.tell()).join("; ")}`);
    }
  } finally {
    await postgres.stop();
  }
  return [
    parsing.measured("parse_over_npm"),
    inserts.measured("insert_over_copy_binary"),
    bytes.measured("bytes_over_victoria_metrics"),
    cpu.measured("cpu_over_prometheus"),
    { metric: "tick_jitter_p99", ours: jitter },
  ];
}

/** Values of ours and a peer's, run by run. */
function series(name: string, isHere: boolean) {
  const ours: number[] = [];
  const values: number[] = [];
  return {
    add(run: { ours: number; peer: number | null }) {
      ours.push(run.ours);
      if (run.peer !== null) values.push(run.peer);
    },
    tell: () => `${(ours.at(-1) ?? 0).toPrecision(4)} beside ${name} ${values.at(-1)?.toPrecision(4) ?? "(not here)"}`,
    measured: (metric: string): Measured => ({
      metric,
      ours,
      peer: isHere ? { name, values } : { name, values: null, reason: HOW },
    }),
  };
}
