"use client";

import { useRef, useState } from "react";
import { type FormCall, useApiForm, useFormValues } from "#components/ui/form/use-api-form.ts";
import { useApiMutation } from "#components/ui/use-api.ts";
import type { CallOutput } from "#lib/api/client.ts";
import { EMPTY_NODE, fieldStep, type NodeValues, toInspection, toNewNode } from "./new-node.ts";

export type Inspection = CallOutput<"POST /nodes/inspect">;
export type AddNodeStep = "address" | "report" | "pool" | "confirm" | "loading";

/** What is typed and seen until the node is added. Nothing is lost by going back, nor by a field that was refused. */
export function useAddNode(poolId: string) {
  const [step, setStep] = useState<AddNodeStep>("address");
  const [inspection, setInspection] = useState<Inspection | null>(null);
  const [nodeId, setNodeId] = useState<string | null>(null);
  /** Where an inspection that succeeded leads on to. */
  const next = useRef<AddNodeStep>("report");
  const inspect = useApiMutation("POST /nodes/inspect");
  const create = useApiMutation("POST /nodes", { alsoRefresh: ["pools"] });
  const inspectionCall = (values: NodeValues): FormCall => {
    const body = toInspection(values);
    const send = async () => {
      try {
        setInspection(await inspect.runAsync({ body }));
        setStep(next.current);
      } catch (error) {
        setStep("address"); // what was refused stands beside its field there
        throw error;
      }
    };
    return { schema: async () => (await import("#lib/fleet/browser/inspection-schema.ts")).InspectNode, body, send };
  };
  const additionCall = (values: NodeValues): FormCall => {
    const body = toNewNode(values);
    const send = async () => {
      setNodeId((await create.runAsync({ body })).id);
      setStep("loading");
    };
    return { schema: async () => (await import("#lib/fleet/schema.ts")).AddNode, body, send };
  };
  const form = useApiForm<NodeValues>({
    start: { ...EMPTY_NODE, poolId },
    callOf: (values) => (step === "confirm" ? additionCall(values) : inspectionCall(values)),
  });
  const refused = form.refusal?.errors[0]?.field;
  return {
    form,
    values: useFormValues(form),
    step,
    goTo: setStep,
    inspection,
    nodeId,
    /** Inspects the node, for another pool if one is given; leads on to `to` when that succeeded. */
    inspect: (to: AddNodeStep, pool?: string) => {
      next.current = to;
      if (pool !== undefined) form.setValue("poolId", pool);
      form.submit();
    },
    isInspecting: inspect.isPending,
    /** The step that has the field which the last attempt was refused for; null = the one that is shown. */
    refusedStep: refused === undefined ? null : fieldStep(refused),
  };
}

export type AddNodeForm = ReturnType<typeof useAddNode>;
