import { formatUnit, quantityText } from "#components/ui/format.ts";
import type { AlertEvidence } from "#lib/alerting/browser/alert-schema.ts";

/**
 * What a figure is held against, to stand after it. A limit is in the unit of its chart: where that draws times and the
 * figure is a share of requests, the limit is what those requests were to keep, and is never read as a share.
 *
 * @returns null where the rule has no limit, or saw no figure.
 */
export function limitWords({ metric, figure, threshold }: AlertEvidence, locale: string): string | null {
  if (figure === null || threshold === null) return null;
  const text = (unit: string) => quantityText(formatUnit(threshold, unit, locale));
  if (figure.unit !== "ms" && metric === "latency") return `of requests had no complete reply within ${text("ms")}`;
  if (figure.unit !== "ms" && metric === "ttft") return `of requests had no first token within ${text("ms")}`;
  return `threshold ${text(figure.unit)}`;
}
