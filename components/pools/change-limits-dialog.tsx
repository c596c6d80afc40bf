"use client";

import { useRouter } from "next/navigation";
import { useId, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { useApiForm, useFormValues } from "#components/ui/form/use-api-form.ts";
import { notify } from "#components/ui/toast.tsx";
import { useApiList, useApiMutation } from "#components/ui/use-api.ts";
import type { EngineLimits, Node } from "#lib/fleet/schema.ts";
import type { Pool } from "#lib/pools/schema.ts";
import { limitChanges, limitsOf } from "./limit-facts.ts";
import { LimitFields, PaceFields } from "./limit-fields.tsx";
import { bodyOf, type RolloutValues, targetOf, valuesOf } from "./rollout-body.ts";
import { inRolloutOrder, rolloutConsequences } from "./rollout-consequences.ts";
import { ConsequenceList, LimitChangeTable, SlotMemoryChange } from "./rollout-preview.tsx";

type DialogProps = {
  pool: Pool;
  mayBeMixed: boolean;
  /** What the form begins with instead of the present limits; null = nothing was proposed. */
  proposed: Partial<EngineLimits> | null;
  onClose: () => void;
};

/** New engine limits for a pool: what they become, what that costs and moves, then a rollout node by node. */
export function ChangeLimitsDialog(props: DialogProps) {
  const { pool, onClose } = props;
  const id = useId();
  const { form, step, setStep, before } = useRollout(props);
  const values = useFormValues(form);
  const isReview = step === "review";
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      size="lg"
      title={isReview ? `Roll out new limits to ${pool.name}?` : `Change limits of ${pool.name}`}
      description={
        isReview
          ? "Step 2 of 2: consequences."
          : "Step 1 of 2: the limits. vLLM reads them at start only, so every node is restarted, one at a time."
      }
      footer={
        isReview ? (
          <>
            <Button onClick={() => setStep("limits")}>Back to limits</Button>
            <Button variant="primary" type="submit" form={id} pending={form.isSending}>
              Start rollout
            </Button>
          </>
        ) : (
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button
              variant="primary"
              type="submit"
              form={id}
              pending={form.isSending}
              disabledReason={
                props.mayBeMixed || limitChanges(before, targetOf(values, before)).length > 0
                  ? undefined
                  : "No limits changed."
              }
            >
              Review rollout
            </Button>
          </>
        )
      }
    >
      <form id={id} onSubmit={form.submit} className="flex flex-col gap-5" noValidate>
        {isReview ? (
          <Review pool={pool} target={targetOf(values, before)} before={before} />
        ) : (
          <>
            <LimitFields form={form} before={before} />
            <SlotMemoryChange pool={pool} before={before} target={targetOf(values, before)} />
            <PaceFields form={form} />
          </>
        )}
        {form.problem && <ErrorState problem={form.problem} size="inline" />}
      </form>
    </Dialog>
  );
}

type Step = "limits" | "review";

/** Checked before the review, sent after it. A refusal leads back to the fields, with everything kept. */
function useRollout({ pool, proposed }: DialogProps) {
  const router = useRouter();
  const before = limitsOf(pool);
  const [step, setStep] = useState<Step>("limits");
  const start = useApiMutation("POST /pools/{poolId}/rollouts", {
    alsoRefresh: ["rollouts", "nodes"],
    onDone: (rollout) => {
      notify({ title: `Rollout to ${pool.name} started`, tone: "ok" });
      // the page is left, and the dialog with it: closing it would take the proposal out of the address at the same time
      router.push(`/pools/${pool.id}/rollouts/${rollout.id}`);
    },
  });
  const form = useApiForm<RolloutValues>({
    start: valuesOf({ ...before, ...proposed }),
    callOf: (values) => {
      const body = bodyOf(values, before);
      const send = async () => {
        if (step === "limits") return setStep("review");
        try {
          await start.runAsync({ params: { poolId: pool.id }, body });
        } catch (error) {
          setStep("limits");
          throw error;
        }
      };
      return { schema: async () => (await import("#lib/fleet/schema.ts")).StartRollout, body, send };
    },
  });
  return { form, step, setStep, before };
}

function Review({ pool, target, before }: { pool: Pool; target: EngineLimits; before: EngineLimits }) {
  const nodes = useApiList("GET /nodes", { query: { poolId: pool.id, limit: 200 } });
  return (
    <>
      <LimitChangeTable before={before} target={target} />
      <SlotMemoryChange pool={pool} before={before} target={target} />
      {nodes.problem && <ErrorState problem={nodes.problem} onRetry={nodes.retry} size="inline" />}
      {nodes.items && (
        <>
          <ConsequenceList consequences={rolloutConsequences(pool, before, target, { nodes: nodes.items })} />
          <NodeOrder nodes={inRolloutOrder(nodes.items)} />
        </>
      )}
    </>
  );
}

function NodeOrder({ nodes }: { nodes: readonly Node[] }) {
  if (nodes.length === 0) return <p className="text-md text-fg-2">The pool has no nodes: only its limits change.</p>;
  return (
    <section aria-label="Nodes that are restarted" className="text-sm">
      <h3 className="mb-1 text-xs font-medium text-fg-2">Restarted in this order, one at a time</h3>
      <ol className="flex flex-wrap gap-x-4 gap-y-1">
        {nodes.map((node, index) => (
          <li key={node.id}>
            <span className="text-fg-3">{index + 1}. </span>
            {node.name}
            {node.standalone && <span className="text-fg-3"> · standalone</span>}
            {node.cordoned && <span className="text-fg-3"> · cordoned</span>}
          </li>
        ))}
      </ol>
    </section>
  );
}
