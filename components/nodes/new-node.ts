import type * as z from "zod";
import type { AddNode } from "#lib/fleet/schema.ts";

/** What was typed, as text. */
export type NodeDraft = {
  poolId: string;
  name: string;
  baseUrl: string;
  apiKey: string;
  standalone: boolean;
  gpu: string;
  pricePerHour: string;
};

export const EMPTY_NODE: NodeDraft = {
  poolId: "",
  name: "",
  baseUrl: "",
  apiKey: "",
  standalone: false,
  gpu: "",
  pricePerHour: "",
};

/** The body for `POST /nodes`: what was left empty is left out. A price that is no number is the API's to refuse. */
export function toNewNode({ poolId, name, baseUrl, standalone, ...draft }: NodeDraft): z.input<typeof AddNode> {
  const [apiKey, gpu, price] = [draft.apiKey.trim(), draft.gpu.trim(), draft.pricePerHour.trim()];
  return {
    poolId,
    name,
    baseUrl,
    standalone,
    ...(apiKey === "" ? {} : { apiKey }),
    ...(gpu === "" ? {} : { gpu }),
    ...(price === "" ? {} : { pricePerHour: Number(price) }),
  };
}

const STEP_OF = {
  baseUrl: "address",
  apiKey: "address",
  poolId: "pool",
  name: "confirm",
  standalone: "confirm",
  gpu: "confirm",
  pricePerHour: "confirm",
} as const;

/** The step of the wizard on which a field stands; null = none, so that its error is shown under the form. */
export const fieldStep = (field: string): (typeof STEP_OF)[keyof typeof STEP_OF] | null =>
  field in STEP_OF ? STEP_OF[field as keyof typeof STEP_OF] : null;
