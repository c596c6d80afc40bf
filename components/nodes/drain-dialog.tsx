"use client";

import { useState } from "react";
import { ConfirmConsequences } from "#components/ui/confirm-consequences.tsx";
import { ConfirmDialog, type ConfirmDialogProps } from "#components/ui/confirm-dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { fieldError } from "#components/ui/field-error.ts";
import { Select } from "#components/ui/input.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useApiMutation } from "#components/ui/use-api.ts";
import type { Node } from "#lib/fleet/schema.ts";
import type { Problem } from "#lib/http/schema.ts";
import { DRAIN_DEADLINES, deadlineWord, drainConsequences } from "./drain-consequences.ts";
import { useServiceFacts } from "./use-service-facts.ts";

const DEFAULT_SECONDS = 120;

/** Asks how long running requests may take, says what follows, and drains the node. */
export function DrainDialog({
  node,
  open,
  onOpenChange,
}: {
  node: Node;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const [seconds, setSeconds] = useState<number>(DEFAULT_SECONDS);
  const facts = useServiceFacts(node, open);
  const drain = useApiMutation("POST /nodes/{nodeId}/drain", {
    alsoRefresh: ["placements"],
    onDone: (after) => {
      onOpenChange(false);
      notify({ title: `${after.name} drains`, tone: "ok" });
    },
  });
  const dialog: Omit<ConfirmDialogProps, "children"> = {
    open,
    onOpenChange: (next) => {
      if (!next) drain.reset();
      onOpenChange(next);
    },
    title: `Drain ${node.name}?`,
    confirmLabel: `Drain ${node.name}`,
    pending: drain.isPending,
    problem: drain.problem,
    onConfirm: () => drain.run({ params: { nodeId: node.id }, body: { deadlineSeconds: seconds } }),
  };
  const deadline = <Deadline seconds={seconds} onChange={setSeconds} problem={drain.problem} />;
  if (facts === "reading" || facts === "unknown")
    return (
      <ConfirmDialog {...dialog}>
        {facts === "reading" ? (
          <Skeleton className="h-24 w-full" />
        ) : (
          <p>It gets no more customers' requests. How many tenants that touches could not be read just now.</p>
        )}
        {deadline}
      </ConfirmDialog>
    );
  return (
    <ConfirmConsequences {...dialog} consequences={drainConsequences(facts, seconds)}>
      {deadline}
    </ConfirmConsequences>
  );
}

function Deadline({
  seconds,
  onChange,
  problem,
}: {
  seconds: number;
  onChange: (seconds: number) => void;
  problem: Problem | null;
}) {
  return (
    <Field label="Deadline" error={fieldError(problem, "deadlineSeconds")}>
      {(control) => (
        <Select
          {...control}
          value={String(seconds)}
          onChange={(event) => onChange(Number(event.target.value))}
          options={DRAIN_DEADLINES.map((each) => ({ value: String(each), label: deadlineWord(each) }))}
        />
      )}
    </Field>
  );
}
