import type { Via } from "#lib/requests/schema.ts";
import type { ExpectedTier } from "#lib/requests/trace/trace.ts";
import { PER_REQUEST_MS, SWAP_MS } from "../admission/costs.ts";
import type { NodeReason } from "../browser/node-reasons.ts";
import type { Rejection } from "../front/rejection.ts";

export type NodeVerdict = {
  nodeId: string;
  nodeName: string;
  /** null = it may answer. */
  reason: NodeReason | null;
  isChosen: boolean;
  /** Where the weights are expected; null = the base model, which needs none. */
  tier: ExpectedTier | null;
  /** Requests it is answering; null = no gateway tells. */
  inFlight: number | null;
  /** Of those, requests of the same version. */
  joins: number | null;
  /** All its slots are taken by other adapters in flight: a request would wait there. */
  isFull: boolean;
  sentence: string;
};

export type OptionVerdict = {
  via: Via;
  isFallback: boolean;
  isCandidate: boolean;
  isChosen: boolean;
  versionId: string | null;
  versionNumber: number | null;
  /** The name it is asked for; null = an endpoint gets what the customer sent. */
  model: string | null;
  endpoint: { id: string; name: string } | null;
  /** Of its pool, those that may answer first and the best first among them; none for an endpoint. */
  nodes: NodeVerdict[];
  sentence: string;
};

export type Explanation =
  | { kind: "refused"; rejection: Rejection }
  | {
      kind: "explained";
      /** In the order in which they are tried. */
      options: OptionVerdict[];
      /** A control put fallbacks first. */
      forced: boolean;
      mirror: { versionId: string; versionNumber: number } | null;
      /** null = something can answer. */
      rejection: Rejection | null;
      /** Who answers and why, or that nothing can. */
      sentence: string;
    };

/** About what admission reckons with, in ms, for a node that may answer: the swap, and the requests that would slow it. */
export const expectedCost = ({ tier, inFlight, isFull }: NodeVerdict): number =>
  (isFull ? 1e9 : 0) + (tier === null ? 0 : SWAP_MS[tier]) + PER_REQUEST_MS * (inFlight ?? 0);
