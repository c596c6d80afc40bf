import { COUNTED_MS, settledUntil } from "#lib/metrics/counted-window.ts";
import type { Tx } from "#lib/platform/db.ts";
import type { AlertFacts } from "../alert-facts.ts";
import { listDiagnosed } from "../alert-store.ts";
import type { NodeMinute } from "../node-counts.ts";
import { readNodeMinutes } from "../node-minutes-store.ts";
import { dedupeKey, type Observation } from "../step-alert.ts";
import { FALLBACK_SHARE } from "../thresholds.ts";
import type { CauseFacts, Symptomatic } from "./cause-facts.ts";
import {
  activeAdapters,
  alertSpans,
  fallbackMinutes,
  findingsFor,
  loadsByMinute,
  objectiveMinutes,
  otherTraffic,
  queueMinutes,
} from "./cause-facts-store.ts";
import type { Symptom } from "./confirm-cause.ts";
import { type Diagnosis, diagnose, isSettled } from "./diagnose.ts";
import { QUEUE_SHARE } from "./list-candidates.ts";

/** Bad minutes are compared with the good ones of so long. */
const COMPARED_MS = 60 * 60_000;
const MINUTE_MS = 60_000;

/**
 * Looks for the cause of what is wrong, once for each whole minute until it is settled.
 * @returns what is new, by the key of the alert
 */
export async function readDiagnoses(
  tx: Tx,
  facts: AlertFacts,
  seen: readonly Observation[],
): Promise<Map<string, Diagnosis>> {
  const to = settledUntil(facts.now);
  const open = await listDiagnosed(tx);
  const due = seen.flatMap((one) => {
    const known = open.get(dedupeKey(one));
    const isDone = known?.diagnosis && (isSettled(known.diagnosis) || new Date(known.diagnosis.judgedTo) >= to);
    const alert = isDone ? null : symptomaticOf(one, known?.startedAt ?? one.since ?? facts.now);
    return alert === null || (one.status !== "bad" && known === undefined) ? [] : [alert];
  });
  if (due.length === 0) return new Map();
  const causes = await readCauseFacts(tx, facts, due, { from: new Date(to.getTime() - COMPARED_MS), to });
  return new Map(due.map((alert) => [alert.key, diagnose(alert, causes, open.get(alert.key)?.diagnosis ?? null)]));
}

/** null = what it says of its cause is its source's own word, or nothing is. */
function symptomaticOf(seen: Observation, startedAt: Date): Symptomatic | null {
  const { rule, subject, evidence } = seen;
  switch (rule) {
    case "evictions":
    case "swap_source":
    case "pool_saturated":
    case "fallback_share":
    case "burn_fast":
    case "burn_slow":
    case "p95_over": {
      const isLate = evidence.metric === "latency" || evidence.metric === "ttft";
      const { touches, tenantIds } = evidence;
      const limitMs = isLate ? evidence.threshold : null;
      return { key: dedupeKey(seen), rule, subjectId: subject.id, touches, tenantIds, limitMs, startedAt };
    }
    default:
      return null;
  }
}

async function readCauseFacts(
  tx: Tx,
  { now, nodes: all, objectives, settings }: AlertFacts,
  due: readonly Symptomatic[],
  window: CauseFacts["window"],
): Promise<CauseFacts> {
  const touched = new Set(due.flatMap(({ touches }) => touches));
  const nodes = all.filter(({ id, standalone }) => touched.has(id) && !standalone);
  const nodeIds = nodes.map(({ id }) => id);
  const crowded = due.flatMap(({ rule, subjectId }) =>
    rule === "evictions" || rule === "swap_source" ? [subjectId] : [],
  );
  const facts = {
    window,
    evictionAlertThreshold: settings.evictionAlertThreshold,
    nodes,
    minutes: await readNodeMinutes(tx, nodeIds, window),
    loads: await loadsByMinute(tx, nodeIds, window),
    active: await activeAdapters(tx, crowded, window),
    ...(await otherTraffic(tx, nodeIds, window)),
    queue: await queueMinutes(tx, due, QUEUE_SHARE, window),
    alerts: await alertSpans(tx, window),
    // detectors run later than the minutes they evaluate
    findings: await findingsFor(tx, due, { from: window.from, to: now }),
  };
  const goals = await objectiveMinutes(tx, objectives, window);
  const tenantIds = due.flatMap(({ rule, subjectId }) => (rule === "fallback_share" ? [subjectId] : []));
  const fallbacks = await fallbackMinutes(tx, tenantIds, FALLBACK_SHARE, window);
  const symptoms = new Map(due.map((alert) => [alert.key, symptomOf(alert, facts, goals, fallbacks)]));
  return { ...facts, symptoms };
}

type Known = Omit<CauseFacts, "symptoms">;

function symptomOf(
  alert: Symptomatic,
  facts: Known,
  goals: ReadonlyMap<string, Symptom>,
  fallbacks: ReadonlyMap<string, Symptom>,
): Symptom {
  const none = { bad: [], good: [] };
  switch (alert.rule) {
    case "evictions": {
      const limit = facts.evictionAlertThreshold / (COUNTED_MS / MINUTE_MS);
      return ofCounts(facts, alert, (minute) => minute.counts.evictions && minute.counts.evictions.value > limit);
    }
    case "swap_source":
      return ofCounts(facts, alert, ({ atMs, counts: { disk } }) => {
        return disk && disk.value > (facts.loads.get(alert.subjectId)?.get(atMs) ?? 0);
      });
    case "pool_saturated":
      return sinceIt(alert, facts.window);
    case "fallback_share":
      return fallbacks.get(alert.subjectId) ?? none;
    case "burn_fast":
    case "burn_slow":
    case "p95_over":
      return goals.get(alert.subjectId) ?? none;
  }
}

/** @param isBad undefined = nobody knows */
function ofCounts(
  facts: Known,
  { subjectId }: Symptomatic,
  isBad: (minute: NodeMinute) => boolean | undefined,
): Symptom {
  const minutes = facts.minutes.get(subjectId) ?? [];
  const those = (is: boolean) => minutes.flatMap((minute) => (isBad(minute) === is ? [minute.atMs] : []));
  return { bad: those(true), good: those(false) };
}

/** Where only the state itself is known: bad since it began, good before. */
function sinceIt({ startedAt }: Symptomatic, { from, to }: CauseFacts["window"]): Symptom {
  const [bad, good]: [number[], number[]] = [[], []];
  for (let ms = from.getTime(); ms < to.getTime(); ms += MINUTE_MS)
    (ms + MINUTE_MS > startedAt.getTime() ? bad : good).push(ms);
  return { bad, good };
}
