import { expect, it } from "vitest";
import type { Chart } from "#lib/metrics/schema.ts";
import { chartSheet } from "./chart-sheet.ts";

const [from, next, to] = ["2026-11-28T10:00:00.000Z", "2026-11-28T10:01:00.000Z", "2026-11-28T10:02:00.000Z"];

it("a chart's file says which values are only bounds", () => {
  const line = (key: string) => ({ key, label: key, counts: null, whole: null });
  const chart: Chart = {
    ...{ metric: "latency", title: "Latency", unit: "ms", from, to, stepSeconds: 60, by: null, source: "measured" },
    ...{ simulated: false, asOf: null, coverage: null, annotations: [], note: null, secondSource: null },
    series: [
      {
        ...line("p50"),
        points: [
          [from, 300],
          [next, 420],
        ],
        bounds: ["at_most", null],
      },
      {
        ...line("p99"),
        points: [
          [from, 7_680_000],
          [next, 480],
        ],
        bounds: ["more_than", null],
      },
    ],
  };
  const sheet = chartSheet({ chart, before: null, scope: "fleet" });
  const header = sheet.findIndex(([name]) => name === "time");
  const place = sheet[header]?.indexOf("bound") ?? -1;
  expect(sheet.slice(header + 1).map((row) => row[place])).toEqual(["p50: at most; p99: more than", ""]);
  expect(sheet.slice(0, header).map(([name]) => name)).toContain("bound");
});
