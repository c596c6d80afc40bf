import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "#lib/platform/project-root.ts";

const RECORDED = join(projectRoot(), "lib/vllm/testdata/vllm-0.32.0/metrics-after-traffic.prom");

/** Engines that a node of 176 kB has; vLLM repeats its series for each. */
const ENGINES = 4;
const GROWS = /_(?:total|bucket|count|sum)(?:\{|$)/;
/** No bucket grows by more than this a turn beyond the first, so that buckets stay in order. */
const HIGHEST_RANK = 6;

/**
 * What a real vLLM 0.32.0 sent after some traffic, with four engines instead of one: 187 kB, 1,672 samples. Everything that
 * counts grows from one turn to the next, the buckets of a histogram by ever more up to the sixth.
 */
export function metricsAt(turn: number): string {
  const lines = readFileSync(RECORDED, "utf8").trimEnd().split("\n").flatMap(perEngine);
  let family = "";
  let rank = 0;
  return lines
    .map((line) => {
      if (line.startsWith("#")) return line;
      const space = line.lastIndexOf(" ");
      const series = line.slice(0, space);
      if (!GROWS.test(series) && !GROWS.test(series.replace(/\{.*$/, ""))) return line;
      const own = series.replace(/le="[^"]*",?/, "");
      rank = own === family ? Math.min(rank + 1, HIGHEST_RANK) : 1;
      family = own;
      const step = series.includes("_bucket") ? rank : HIGHEST_RANK;
      return `${series} ${pythonFloat(Number(line.slice(space + 1)) + turn * step)}`;
    })
    .join("\n")
    .concat("\n");
}

const perEngine = (line: string): string[] =>
  !line.startsWith("#") && line.startsWith("vllm:") && line.includes('engine="0"')
    ? Array.from({ length: ENGINES }, (_, engine) => line.replace('engine="0"', `engine="${engine}"`))
    : [line];

const pythonFloat = (value: number): string => (Number.isInteger(value) ? `${value}.0` : String(value));
