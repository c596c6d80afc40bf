import type { SeenBackend } from "#lib/vllm/engine-backend.ts";
import type { InFlight } from "#lib/vllm/in-flight.ts";
import type { NodeFault } from "#lib/vllm/node-client.ts";
import type { ModelCard } from "#lib/vllm/schema.ts";
import type { LoadEventKind } from "../schema.ts";

/** One poll of a node. */
export type Poll = Seen | Missed;

export type Seen = {
  kind: "seen";
  cards: readonly ModelCard[];
  simulated: boolean;
  processStart: Date | null;
  /** Why its metrics could not be read; they are not needed to serve, but a restart shows in them first. */
  metricsProblem: string | null;
  engineHealthy: boolean;
  /** Asked anew after a restart; null = not asked or not told. */
  version: string | null;
  /** What the node shows of its engine's device; null = its metrics could not be read, or show nothing. */
  backend: SeenBackend | null;
  /** What it works on; null = not asked (it neither drains nor has just unloaded anything) or not told. */
  inFlight: InFlight | null;
  /** Requests that its process has finished; null = not told. */
  answered: number | null;
};
export type Missed = { kind: "missed"; fault: NodeFault; message: string };

export type NodeEvent = {
  kind: LoadEventKind;
  outcome: "ok" | "failed" | "noted";
  message: string;
  placement?: { tenantId: string; versionId: string; loraName: string };
  loraName?: string;
  durationMs?: number;
};
