import type { InspectNode } from "#lib/fleet/browser/inspection-schema.ts";
import type { AddNode } from "#lib/fleet/schema.ts";

/** What stands in the steps of the wizard. */
export type NodeValues = Required<Omit<AddNode, "pricePerHour">> & { pricePerHour: number | null };

export const EMPTY_NODE: NodeValues = {
  poolId: "",
  name: "",
  baseUrl: "",
  apiKey: "",
  standalone: false,
  gpu: "",
  pricePerHour: null,
};

/** The body for `POST /nodes`: what was left empty is left out. */
export function toNewNode({ poolId, name, baseUrl, standalone, apiKey, gpu, pricePerHour }: NodeValues): AddNode {
  return {
    poolId,
    name,
    baseUrl,
    standalone,
    ...(apiKey.trim() === "" ? {} : { apiKey }),
    ...(gpu.trim() === "" ? {} : { gpu }),
    ...(pricePerHour === null ? {} : { pricePerHour }),
  };
}

/** The body for `POST /nodes/inspect`, for a pool or for none yet. */
export const toInspection = ({ poolId, baseUrl, apiKey }: NodeValues): InspectNode => ({
  baseUrl,
  ...(apiKey.trim() === "" ? {} : { apiKey }),
  ...(poolId === "" ? {} : { poolId }),
});

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
