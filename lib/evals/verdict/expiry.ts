import type { RunConditions } from "../conditions/run-conditions.ts";

/** What a verdict was found under, and what is so now. */
export type Standing = {
  found: RunConditions;
  /** As a run would find it now; `unknown` where nothing is known, which expires nothing. */
  now: RunConditions;
  suite: { name: string; revision: number; newestRevision: number };
};

const WORDS = {
  normaliserVersion: "How arguments are compared",
  baseModel: "The base model",
  vllmVersion: "The engine version",
  nodeGpu: "The GPU",
  toolParser: "The tool parser",
  chatTemplateChecksum: "The chat template",
  gateVersion: "The gate's rule",
} as const;

const UNKNOWN = "unknown";

/**
 * Why a verdict no longer says anything about today, a sentence each; empty = it stands. It expires when its suite has a newer
 * revision, or anything but the adapter that can change an answer is not as it was.
 */
export function findExpiry({ found: then, now, suite }: Standing): string[] {
  const changes: string[] = [];
  if (suite.newestRevision > suite.revision)
    changes.push(`The suite ${suite.name} has a newer revision: ${suite.revision} → ${suite.newestRevision}.`);
  for (const [name, words] of Object.entries(WORDS) as [keyof typeof WORDS, string][])
    if (then[name] !== now[name] && now[name] !== UNKNOWN)
      changes.push(`${words} changed: ${then[name]} → ${now[name]}.`);
  return [...changes, ...changedSettings(then.engineSettings, now.engineSettings)];
}

/**
 * Whether another version went live since, which a verdict says nothing about: the candidate may be as good as what was live
 * then and worse than what customers have now. Being live itself, or back at what it was measured against, expires nothing.
 */
export function findOvertaking(run: {
  versionId: string;
  baselineVersionId: string | null;
  live: { id: string; number: number } | null;
}): string[] {
  const { versionId, baselineVersionId, live } = run;
  if (live === null || live.id === versionId || live.id === baselineVersionId) return [];
  return [`Version ${live.number} is live now, and it was not measured against that one.`];
}

type OriginFacts = { baseUrl: string; model: string };

/**
 * Why a verdict against a deployment of others says nothing any more. That it is asked no longer, or was switched off, is no
 * reason: the answers were what they were.
 * @param now null = it is no longer on record, which says nothing about what it was
 */
export function findOriginChange(then: OriginFacts & { name: string }, now: OriginFacts | null): string[] {
  if (now === null) return [];
  const changes = [
    then.baseUrl === now.baseUrl ? null : `The address of ${then.name} changed: ${then.baseUrl} → ${now.baseUrl}.`,
    then.model === now.model ? null : `The model of ${then.name} changed: ${then.model} → ${now.model}.`,
  ];
  return changes.filter((change) => change !== null);
}

/** @param then `name=value name=value`, as `sideConditions` writes them */
function changedSettings(then: string, now: string): string[] {
  if (then === UNKNOWN) return ["The pool's settings of then are not on record."];
  const before = new Map(then.split(" ").map(splitSetting));
  return now
    .split(" ")
    .map(splitSetting)
    .filter(([name, value]) => before.get(name) !== value)
    .map(([name, value]) => `The pool's ${name} changed: ${before.get(name) ?? UNKNOWN} → ${value}.`);
}

function splitSetting(text: string): [name: string, value: string] {
  const at = text.indexOf("=");
  return [text.slice(0, at), text.slice(at + 1)];
}
