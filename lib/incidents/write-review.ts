import type { Measurement } from "#lib/http/schema.ts";
import type { Impact, Published, TimelineEntry } from "./browser/incident-schema.ts";
import { inlineMarkdown as inline, quoteMarkdown as quote } from "./escape-markdown.ts";

/** What a review document is written from. */
export type ReviewFacts = {
  id: string;
  title: string;
  severity: string;
  /** Closed, or what it is so far. */
  isFinal: boolean;
  startedAt: Date;
  endedAt: Date | null;
  poolName: string | null;
  tenantNames: readonly string[];
  createdBy: string;
  heldBy: string | null;
  alerts: readonly { id: string; title: string }[];
  review: { cause: string; done: string; actions: string } | null;
  impact: Impact;
  timeline: readonly TimelineEntry[];
  published: readonly Published[];
};

/** The review of an incident as Markdown. Whatever people wrote reads as they wrote it, and is nothing else. */
export function writeReview(facts: ReviewFacts): string {
  const sections = [
    `# ${inline(facts.title)}`,
    ...(facts.isFinal ? [] : ["*Not closed yet: this text may still change.*"]),
    "## Facts",
    factsList(facts),
    "## Impact",
    impactTable(facts.impact),
    "## Cause",
    written(facts.review?.cause),
    "## What was done",
    written(facts.review?.done),
    "## Open actions",
    facts.review?.actions === "" ? "None." : written(facts.review?.actions),
    "## Timeline",
    facts.timeline.map(timelineLine).join("\n"),
    "## What customers were told",
    facts.published.length === 0 ? "Nothing." : facts.published.map(publishedPart).join("\n\n"),
  ];
  return `${sections.join("\n\n")}\n`;
}

const written = (text: string | undefined): string =>
  text === undefined || text.trim() === "" ? "Not written yet." : quote(text);

function factsList(facts: ReviewFacts): string {
  const { startedAt, endedAt, tenantNames, poolName, alerts } = facts;
  const scope = tenantNames.length > 0 ? tenantNames.join(", ") : (poolName ?? "every tenant whose requests were hit");
  const rows = [
    ["Incident", facts.id],
    ["Severity", facts.severity],
    ["Began", stamp(startedAt.toISOString())],
    ["Was over", endedAt === null ? "not yet" : stamp(endedAt.toISOString())],
    ["Lasted", endedAt === null ? "unknown" : `${Math.round((endedAt.getTime() - startedAt.getTime()) / 60_000)} min`],
    ["Scope", scope],
    ["Opened by", facts.createdBy],
    ["Owner", facts.heldBy ?? "unassigned"],
    ["Alerts", alerts.length === 0 ? "none" : alerts.map(({ title }) => title).join("; ")],
  ];
  return rows.map(([name, value]) => `- ${name}: ${inline(value ?? "")}`).join("\n");
}

function impactTable({ items, tenants, requests, minutes, countedAt, from, to }: Impact): string {
  const rows = items.map((item) => {
    const cells = [item.failed, item.fallbacks, item.requests, item.minutes].map(measurementText);
    return `| ${[inline(item.tenantName), ...cells].join(" | ")} |`;
  });
  const notes = [...new Set(items.flatMap(({ note }) => note ?? []))];
  return [
    `Counted from the request trace, ${stamp(from)} to ${stamp(to)}, at ${stamp(countedAt)}.`,
    "",
    `Tenants hit: ${measurementText(tenants)}. Requests hit: ${measurementText(requests)}. Tenant minutes: ${measurementText(minutes)}.`,
    "",
    ...(rows.length === 0
      ? ["No tenant is on record."]
      : ["| Tenant | Failed | Fallbacks | Requests hit | Minutes |", "| --- | ---: | ---: | ---: | ---: |", ...rows]),
    ...(notes.length === 0 ? [] : ["", ...notes.map(inline)]),
  ].join("\n");
}

/** A number with where it is from; what could not be seen is unknown, never 0. */
function measurementText({ value, source, simulated, coverage }: Measurement): string {
  if (value === null) return "unknown";
  const of = coverage !== null && coverage.seen < coverage.of ? `, ${coverage.seen} of ${coverage.of} tenants` : "";
  return `${value} (${source}${simulated ? ", simulated" : ""}${of})`;
}

function timelineLine({ at, title, text, by }: TimelineEntry): string {
  const who = by === null ? "" : ` by ${inline(by)}`;
  return `- ${stamp(at)} ${inline(title)}${who}${text === null ? "" : `: ${inline(text)}`}`;
}

const publishedPart = ({ status, publishedAt, texts }: Published): string =>
  [
    `### ${stamp(publishedAt)}: ${status}`,
    ...texts.flatMap(({ tenantName, text }) => [`To ${inline(tenantName)}:`, quote(text)]),
  ].join("\n\n");

/** "2026-11-25 12:05 UTC". */
const stamp = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
