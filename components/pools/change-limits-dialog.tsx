"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useApiList, useApiMutation } from "#components/ui/use-api.ts";
import type { EngineLimits, Node } from "#lib/fleet/schema.ts";
import type { Pool } from "#lib/pools/schema.ts";
import { LIMIT_KEYS, limitChanges, limitsOf } from "./limit-facts.ts";
import { LimitFields, PaceFields } from "./limit-fields.tsx";
import { inRolloutOrder, rolloutConsequences } from "./rollout-consequences.ts";
import { draftOf, type RolloutDraft, targetOf, toRollout } from "./rollout-draft.ts";
import { ConsequenceList, LimitChangeTable, SlotMemoryChange } from "./rollout-preview.tsx";

type DialogProps = {
  pool: Pool;
  mayBeMixed: boolean;
  /** What the form begins with instead of the present limits; null = nothing was proposed. */
  proposed: Partial<EngineLimits> | null;
  open: boolean;
  onOpenChange: (open: boolean) => void;
};

const FIELDS = [...LIMIT_KEYS.map((key) => `target.${key}`), "drainSeconds", "restartSeconds"];
/** New engine limits for a pool: what they become, what that costs and moves, then a rollout node by node. */
export function ChangeLimitsDialog(props: DialogProps) {
  const { pool, open } = props;
  const form = useRollout(props);
  const { step, draft, before, problem } = form;
  const isReview = step === "review";
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => (next ? props.onOpenChange(true) : form.close())}
      size="lg"
      title={isReview ? `Roll out new limits to ${pool.name}?` : `Change limits of ${pool.name}`}
      description={
        isReview
          ? "Step 2 of 2: consequences."
          : "Step 1 of 2: the limits. vLLM reads them at start only, so every node is restarted, one at a time."
      }
      footer={<Footer form={form} />}
    >
      <form id="change-limits" onSubmit={form.submit} className="flex flex-col gap-5" noValidate>
        {isReview ? (
          <Review pool={pool} draft={draft} before={before} />
        ) : (
          <>
            <LimitFields draft={draft} before={before} onChange={form.change} problem={problem} />
            <SlotMemoryChange pool={pool} before={before} target={targetOf(draft, before)} />
            <PaceFields draft={draft} onChange={form.change} problem={problem} />
          </>
        )}
        <FormProblem problem={problem} fields={FIELDS} />
      </form>
    </Dialog>
  );
}

/** What is typed until it is started. A refusal leads back to the step whose field it names, with everything kept. */
function useRollout({ pool, mayBeMixed, proposed, onOpenChange }: DialogProps) {
  const router = useRouter();
  const before = limitsOf(pool);
  const [draft, setDraft] = useState<RolloutDraft>(() => draftOf({ ...before, ...proposed }));
  const [step, setStep] = useState<"limits" | "review">("limits");
  const start = useApiMutation("POST /pools/{poolId}/rollouts", {
    alsoRefresh: ["rollouts", "nodes"],
    onDone: (rollout) => {
      notify({ title: `Rollout to ${pool.name} started`, tone: "ok" });
      // the page is left, and the dialog with it: closing it would take the proposal out of the address at the same time
      router.push(`/pools/${pool.id}/rollouts/${rollout.id}`);
    },
  });
  const close = () => {
    setDraft(draftOf(before));
    setStep("limits");
    start.reset();
    onOpenChange(false);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (step === "limits") return setStep("review");
    start.runAsync({ params: { poolId: pool.id }, body: toRollout(draft, before) }).catch(() => setStep("limits"));
  };
  return {
    draft,
    before,
    step,
    problem: start.problem,
    isPending: start.isPending,
    canGoOn: mayBeMixed || limitChanges(before, targetOf(draft, before)).length > 0,
    change: (part: Partial<RolloutDraft>) => setDraft((typed) => ({ ...typed, ...part })),
    back: () => setStep("limits"),
    submit,
    close,
  };
}

function Footer({ form }: { form: ReturnType<typeof useRollout> }) {
  if (form.step === "limits")
    return (
      <>
        <Button onClick={form.close}>Cancel</Button>
        <Button
          variant="primary"
          type="submit"
          form="change-limits"
          disabledReason={form.canGoOn ? undefined : "No limits changed."}
        >
          Review rollout
        </Button>
      </>
    );
  return (
    <>
      <Button onClick={form.back}>Back to limits</Button>
      <Button variant="primary" type="submit" form="change-limits" pending={form.isPending}>
        Start rollout
      </Button>
    </>
  );
}

function Review({ pool, draft, before }: { pool: Pool; draft: RolloutDraft; before: EngineLimits }) {
  const nodes = useApiList("GET /nodes", { query: { poolId: pool.id, limit: 200 } });
  const target = targetOf(draft, before);
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
