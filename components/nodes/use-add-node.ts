"use client";

import { useState } from "react";
import { useApiMutation } from "#components/ui/use-api.ts";
import type { CallOutput } from "#lib/api/client.ts";
import type { Problem } from "#lib/http/schema.ts";
import { EMPTY_NODE, fieldStep, type NodeDraft, toNewNode } from "./node-draft.ts";

export type Inspection = CallOutput<"POST /nodes/inspect">;
export type AddNodeStep = "address" | "report" | "pool" | "confirm" | "loading";

/** What is typed and seen until the node is added. Nothing is lost by going back, nor by a field that was refused. */
export function useAddNode(poolId: string) {
  const [draft, setDraft] = useState<NodeDraft>({ ...EMPTY_NODE, poolId });
  const [step, setStep] = useState<AddNodeStep>("address");
  const [inspection, setInspection] = useState<Inspection | null>(null);
  const [nodeId, setNodeId] = useState<string | null>(null);
  const inspect = useApiMutation("POST /nodes/inspect");
  const create = useApiMutation("POST /nodes", { alsoRefresh: ["pools"] });
  const change = (part: Partial<NodeDraft>) => setDraft((before) => ({ ...before, ...part }));

  /** Looks at the node, for a pool or for none yet; leads on to `next` when the look came through. */
  const look = async (next: AddNodeStep, change: Partial<NodeDraft> = {}) => {
    const asked = { ...draft, ...change };
    setDraft(asked);
    create.reset();
    const apiKey = asked.apiKey.trim();
    const body = {
      baseUrl: asked.baseUrl,
      ...(apiKey === "" ? {} : { apiKey }),
      ...(asked.poolId === "" ? {} : { poolId: asked.poolId }),
    };
    try {
      setInspection(await inspect.runAsync({ body }));
      setStep(next);
    } catch {
      setStep("address"); // what was refused stands beside its field there
    }
  };
  const add = async () => {
    try {
      const added = await create.runAsync({ body: toNewNode(draft) });
      setNodeId(added.id);
      setStep("loading");
    } catch {
      // the problem is shown beside its field, wherever that is
    }
  };
  return {
    draft,
    change,
    step,
    goTo: setStep,
    inspection,
    nodeId,
    look,
    isLooking: inspect.isPending,
    lookProblem: inspect.problem,
    add,
    isAdding: create.isPending,
    addProblem: create.problem,
    /** The step that has the field which the last attempt to add was refused for; null = the one that is shown. */
    refusedStep: stepOf(create.problem),
  };
}

export type AddNodeForm = ReturnType<typeof useAddNode>;

const stepOf = (problem: Problem | null): AddNodeStep | null => {
  const field = problem?.errors[0]?.field;
  return field === undefined ? null : fieldStep(field);
};
