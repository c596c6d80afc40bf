import type { OffboardingStep } from "#lib/registry/browser/offboarding-schema.ts";

/** One thing that was removed; `at` null = not yet. */
export type RemovedLine = { what: string; where: string; at: string | null };

/** What a step's record says was removed, a line each. A record of a newer server shows what is known of it. */
export function removedLines({ record, finishedAt }: OffboardingStep): RemovedLine[] {
  return [
    ...rows(record.keys).map((key) => ({ what: text(key.prefix), where: `key ${text(key.name)}`, at: finishedAt })),
    ...rows(record.people).map((one) => ({ what: text(one.email), where: "membership", at: finishedAt })),
    ...rows(record.placements).map((one) => ({
      what: text(one.loraName),
      where: `${text(one.nodeName)}, epoch ${text(one.epoch)}`,
      at: time(one.goneAt),
    })),
    ...rows(record.nodes).map((one) => ({
      what: text(one.nodeName),
      where: `epoch ${text(one.epoch)}: ${text(one.message)}`,
      at: time(one.clearedAt),
    })),
    ...rows(record.versions).map((one) => ({
      what: one.directory === null ? text(one.version) : text(one.directory),
      where: one.directory === null ? "had no files in the store" : text(one.version),
      at: time(one.removedAt),
    })),
  ];
}

const rows = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter((row) => typeof row === "object" && row !== null) : [];
const text = (value: unknown): string => (typeof value === "string" || typeof value === "number" ? String(value) : "–");
const time = (value: unknown): string | null => (typeof value === "string" ? value : null);
