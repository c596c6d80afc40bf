import type { PitfallFinding } from "../../browser/finding-schema.ts";
import type { NodeFacts } from "../alert-facts.ts";
import type { NodeMinute } from "../node-counts.ts";
import type { Symptom } from "./confirm-cause.ts";

/** Whole minutes by when they begin, in ms. */
export type Minutes = ReadonlySet<number>;

/** An alert whose cause is looked for. */
export type Symptomatic = {
  /** As `dedupeKey` has it. */
  key: string;
  rule: "evictions" | "swap_source" | "pool_saturated" | "fallback_share" | "burn_fast" | "burn_slow" | "p95_over";
  subjectId: string;
  /** Nodes, pools and others that its requests depend on. */
  touches: readonly string[];
  tenantIds: readonly string[];
  /** What replies must not take, of an alert about late ones; null = it is about something else. */
  limitMs: number | null;
  startedAt: Date;
};

/** Another alert, with when it held. */
export type AlertSpan = {
  id: string;
  key: string;
  rule: "node_down" | "gateway_silent" | "gateway_stale" | "pool_saturated" | "version_quarantined";
  subjectId: string;
  sentence: string;
  startedAt: Date;
  /** null = it still holds. */
  resolvedAt: Date | null;
};

/** Everything that candidates are made of, minute by minute. */
export type CauseFacts = {
  window: { from: Date; to: Date };
  evictionAlertThreshold: number;
  nodes: readonly NodeFacts[];
  /** By node. */
  minutes: ReadonlyMap<string, readonly NodeMinute[]>;
  /** Loads that Switchyard asked for, by node and minute. */
  loads: ReadonlyMap<string, ReadonlyMap<number, number>>;
  /** Adapters that customers asked a node for, by node and minute. */
  active: ReadonlyMap<string, ReadonlyMap<number, number>>;
  /** Minutes in which requests of that kind ran, by node. */
  evaluation: ReadonlyMap<string, Minutes>;
  shadow: ReadonlyMap<string, Minutes>;
  /** Minutes in which more than one request of twenty waited too long for a place, by the key of the alert. */
  queue: ReadonlyMap<string, Minutes>;
  alerts: readonly AlertSpan[];
  findings: readonly PitfallFinding[];
  /** By the key of the alert. */
  symptoms: ReadonlyMap<string, Symptom>;
};
