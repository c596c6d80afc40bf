import { type Database, openDatabase } from "#lib/platform/db.ts";
import { errorText } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import { silentLog } from "#lib/platform/log.ts";
import { recordTraceBatch } from "#lib/requests/trace/record-traces.ts";
import type { RequestTrace } from "#lib/requests/trace/trace.ts";
import { TraceBatch } from "#lib/requests/trace/trace-batch.ts";
import { bucketOf } from "#lib/requests/usage/durations.ts";
import { recordUsage } from "#lib/requests/usage/record-usage.ts";
import type { UsageRow } from "#lib/requests/usage/usage.ts";
import { idAt } from "../registry/many-adapters.ts";
import type { LiveVersion } from "./catalog.ts";

/** Stores requests and their usage as a gateway does, once a second and in its batches, without serving any. */
export type WriterQuestion =
  | { kind: "start"; databaseUrl: string; live: LiveVersion[]; perSecond: number }
  | { kind: "stop" };
/** `failure`: the first statement that was refused; null = none was. */
export type WriterAnswer = { sent: number; failure: string | null };

const CONNECTIONS = 4;
const EVERY_MS = 1_000;
const MINUTE_MS = 60_000;
const USAGE_ROWS = 500;
const TRACES = 1_000;
const LATENCY_MS = 300;

let stop: () => Promise<WriterAnswer> = async () => ({ sent: 0, failure: "not started" });

function start({ databaseUrl, live, perSecond }: Extract<WriterQuestion, { kind: "start" }>): void {
  const db = openDatabase(databaseUrl, silentLog, CONNECTIONS);
  const usage = createUsage(newId("gateway"));
  const startedAt = Date.now();
  let sent = 0;
  let failure: string | null = null;
  let running: Promise<void> = Promise.resolve();
  const flush = async (): Promise<void> => {
    const due = Math.floor(((Date.now() - startedAt) / 1000) * perSecond);
    const requests = Array.from({ length: due - sent }, (_, index) => requestOf(live, sent + index));
    sent = due;
    for (const request of requests) usage.count(request);
    await store(db, requests, usage.changed());
  };
  // one after the other: what comes while a flush runs goes with the next
  const timer = setInterval(() => {
    running = running.then(flush).catch((error) => {
      failure ??= errorText(error);
    });
  }, EVERY_MS);
  stop = async () => {
    clearInterval(timer);
    await running;
    await db.close();
    return { sent, failure };
  };
}

async function store(db: Database, requests: readonly RequestTrace[], rows: readonly UsageRow[]): Promise<void> {
  for (let from = 0; from < rows.length; from += USAGE_ROWS) await recordUsage(db, rows.slice(from, from + USAGE_ROWS));
  for (let from = 0; from < requests.length; from += TRACES) {
    const batch = new TraceBatch();
    for (const request of requests.slice(from, from + TRACES)) batch.add(request);
    await recordTraceBatch(db, batch);
  }
}

/** Absolute counts of the open minute; what changed since the last report is sent again. */
function createUsage(instanceId: string) {
  let minute = 0;
  const rows = new Map<string, UsageRow>();
  const changed = new Set<UsageRow>();
  return {
    count(request: RequestTrace): void {
      const at = Math.floor(request.endedAt.getTime() / MINUTE_MS) * MINUTE_MS;
      if (at !== minute) rows.clear();
      minute = at;
      const key = `${request.adapterId}/${request.versionId}/${request.nodeId}/${request.via}`;
      const row = rows.get(key) ?? emptyRow(instanceId, new Date(at), request);
      rows.set(key, row);
      changed.add(row);
      addTo(row, request);
    },
    changed(): UsageRow[] {
      const list = [...changed];
      changed.clear();
      return list;
    },
  };
}

const emptyRow = (instanceId: string, at: Date, request: RequestTrace): UsageRow => ({
  ...{ instanceId, at, tenantId: request.tenantId ?? "", adapterId: request.adapterId ?? "" },
  ...{ versionId: request.versionId ?? "", nodeId: request.nodeId ?? "", kind: "user", via: request.via ?? "" },
  ...{ requests: 0, answered: 0, failed: 0, refused: 0, shed: 0, turnedAway: 0, fallbacks: 0, uncounted: 0 },
  ...{ promptTokens: 0, completionTokens: 0, busyMs: 0, fallbackReasons: {}, failureReasons: {} },
  ...{ latency: {}, ttft: {}, interToken: {}, queued: {}, simulated: true, lastAt: at, lastOutcome: "own" },
});

function addTo(row: UsageRow, request: RequestTrace): void {
  const ms = request.endedAt.getTime() - request.arrivedAt.getTime();
  const hasFailed = request.status >= 500;
  const isFallback = request.fallbackReason !== null;
  row.requests += 1;
  row.busyMs += ms;
  row.lastAt = request.endedAt;
  row.lastOutcome = hasFailed ? "failed" : isFallback ? "fallback" : "own";
  if (hasFailed) {
    row.failed += 1;
    row.failureReasons = more(row.failureReasons, request.reason ?? "");
    return;
  }
  row.answered += 1;
  row.promptTokens += request.promptTokens ?? 0;
  row.completionTokens += request.completionTokens ?? 0;
  row.latency = more(row.latency, String(bucketOf(ms)));
  row.ttft = more(row.ttft, String(bucketOf(ms)));
  row.queued = more(row.queued, String(bucketOf(request.queuedMs ?? 0)));
  if (!isFallback) return;
  row.fallbacks += 1;
  row.fallbackReasons = more(row.fallbackReasons, request.fallbackReason ?? "");
}

const more = (counts: Readonly<Record<string, number>>, key: string) => ({ ...counts, [key]: (counts[key] ?? 0) + 1 });

/** Each live version in turn, by the first of its nodes or the second; one in a hundred fails, one in fifty falls back. */
function requestOf(live: readonly LiveVersion[], index: number): RequestTrace {
  const version = live[(index * 7919) % live.length];
  if (version === undefined) throw new Error("no live version");
  const endedAt = new Date();
  const dispatchedAt = new Date(endedAt.getTime() - (LATENCY_MS * (50 + (index % 100))) / 100);
  const hasFailed = index % 100 === 0;
  const isFallback = index % 50 === 1;
  return {
    ...{ id: newId("request"), tenantId: version.tenantId, adapterId: version.adapterId, kind: "user" },
    ...{ versionId: isFallback ? null : version.versionId, loraName: isFallback ? null : version.loraName },
    ...{ nodeId: idAt("node", version.nodes[index % 2] ?? 0), nodeEpoch: 1, simulated: true },
    ...{ via: isFallback ? "base_model" : "primary", fallbackReason: isFallback ? "not_loaded" : null },
    ...{ path: "/v1/chat/completions", status: hasFailed ? 502 : 200, reason: hasFailed ? "node_failed" : null },
    ...{ stream: false, arrivedAt: dispatchedAt, dispatchedAt, firstByteAt: endedAt, endedAt, queuedMs: 2, heldMs: 0 },
    ...{ promptTokens: 310, completionTokens: 190, keyId: null, endpointId: null, expectedTier: "gpu", attempts: 1 },
    ...{ failedVersionId: null, toolCalls: null, comparison: null },
  };
}

process.on("message", (question: WriterQuestion) => {
  if (question.kind === "stop") void stop().then((answer) => process.send?.(answer));
  else {
    start(question);
    process.send?.({ sent: 0, failure: null } satisfies WriterAnswer);
  }
});
process.once("disconnect", () => process.exit(0));
