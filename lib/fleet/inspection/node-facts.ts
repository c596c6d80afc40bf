import type { SeenBackend } from "#lib/vllm/engine-backend.ts";
import type { VisibleLimits } from "#lib/vllm/engine-limits.ts";
import type { DoorState } from "#lib/vllm/open-doors.ts";
import type { ModelCard } from "#lib/vllm/schema.ts";
import type { Fingerprints } from "./token-fingerprint.ts";

/** What a chat request with one tool came to. */
export type ToolProbe =
  | { kind: "called" }
  /** `looksLikeCall`: the text holds a call that no parser took out. */
  | { kind: "text"; looksLikeCall: boolean }
  | { kind: "refused"; status: number; message: string }
  | { kind: "no_answer"; message: string };

/** What an inspection of a node found. null = the node does not tell. */
export type NodeFacts = {
  version: string | null;
  cards: readonly ModelCard[];
  simulated: boolean;
  engineHealthy: boolean;
  /** The endpoint for loading adapters exists. */
  canLoad: boolean;
  /** The engine runs with --enable-lora. */
  loraEnabled: boolean | null;
  /** Status of a request for a model that cannot exist; 404 is right. */
  unknownModelStatus: number;
  processStart: Date | null;
  /** Without a key, `/v1/models` is refused. */
  asksForKey: boolean;
  /** Limits as the metrics, and in dev mode the engine's own settings, show them. */
  visible: VisibleLimits;
  dtype: string | null;
  backend: SeenBackend | null;
  /** Engines behind the API server; 0 = not told. */
  engines: number;
  /** Node's clock minus ours, in seconds. */
  clockSkewSeconds: number | null;
  doors: ReadonlyMap<string, DoorState>;
  fingerprints: Fingerprints;
  /** Largest token id in answer to the corpus. */
  largestTokenId: number | null;
  /** Text of the chat template in use. */
  chatTemplate: string | null;
  toolProbe: ToolProbe;
};

export const baseCards = (cards: readonly ModelCard[]): ModelCard[] =>
  cards.filter((card) => card.parent === null || card.parent === undefined);
export const loraCards = (cards: readonly ModelCard[]): ModelCard[] =>
  cards.filter((card) => typeof card.parent === "string");
