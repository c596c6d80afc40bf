import fc from "fast-check";
import { identityOf } from "../series-cache.ts";

/** A document in one of the two formats. */
export type GeneratedDocument = { isOpenMetrics: boolean; text: string };

const name = fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,12}$/);
const labelName = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,8}$/);
const labels = fc.dictionary(labelName, fc.string({ unit: "binary", maxLength: 12 }), {
  maxKeys: 4,
  noNullPrototype: true,
});
const number = fc.oneof(fc.double({ noNaN: false }), fc.integer(), fc.nat(5));
const suffix = fc.constantFrom("", "", "_total", "_bucket", "_created");
const series = fc.record({
  base: name,
  suffix,
  labels,
  value: number,
  withPoint: fc.boolean(),
  timestamp: fc.option(fc.nat(), { freq: 4 }),
  exemplar: fc.option(fc.record({ labels, value: number }), { freq: 3 }),
  blanks: fc.constantFrom("", " ", "\t", " \t"),
});
type GeneratedSeries = typeof series extends fc.Arbitrary<infer T> ? T : never;

const escapeLabel = (text: string) => text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
const writeNumber = (value: number, withPoint: boolean) => {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  const text = Object.is(value, -0) ? "-0" : String(value);
  return withPoint && /^-?\d+$/.test(text) ? `${text}.0` : text;
};
const writeLabels = (all: Record<string, string>, blanks: string) =>
  `{${Object.entries(all)
    .map(([key, text]) => `${blanks}${key}${blanks}=${blanks}"${escapeLabel(text)}"`)
    .join(",")}${blanks}}`;

function writeLine(one: GeneratedSeries, isOpenMetrics: boolean): string {
  const blanks = isOpenMetrics ? "" : one.blanks;
  const gap = isOpenMetrics ? " " : ` ${blanks}`;
  const inside = Object.keys(one.labels).length > 0 ? writeLabels(one.labels, blanks) : "";
  const time = one.timestamp === null ? "" : `${gap}${one.timestamp}${isOpenMetrics ? ".25" : ""}`;
  const exemplar =
    isOpenMetrics && one.exemplar && /_total|_bucket/.test(one.suffix)
      ? ` # ${writeLabels(one.exemplar.labels, "")} ${writeNumber(one.exemplar.value, false)}`
      : "";
  return `${blanks}${one.base}${one.suffix}${inside}${gap}${writeNumber(one.value, one.withPoint)}${time}${exemplar}${blanks}\n`;
}

/** Documents with every feature of both formats; no series is given twice. */
export const documents: fc.Arbitrary<GeneratedDocument> = fc
  .record({
    isOpenMetrics: fc.boolean(),
    all: fc.uniqueArray(series, {
      maxLength: 30,
      selector: (one) => identityOf(`${one.base}${one.suffix}`, one.labels),
    }),
  })
  .map(({ isOpenMetrics, all }) => ({
    isOpenMetrics,
    text: all.map((one) => writeLine(one, isOpenMetrics)).join("") + (isOpenMetrics ? "# EOF\n" : ""),
  }));
