"use client";

import { useState } from "react";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { ConsequenceView } from "#components/ui/consequence-view.tsx";
import { DRAIN_DEADLINES, deadlineWord } from "#components/ui/drain-deadlines.ts";
import { Field } from "#components/ui/field.tsx";
import { fieldError } from "#components/ui/field-error.ts";
import { Select } from "#components/ui/input.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useApiMutation } from "#components/ui/use-api.ts";
import { useConsequences } from "#components/ui/use-consequences.ts";
import { DRAIN_SECONDS } from "#lib/fleet/browser/control-kinds.ts";
import type { Node } from "#lib/fleet/schema.ts";

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
  const [seconds, setSeconds] = useState<number>(DRAIN_SECONDS);
  const told = useConsequences({ action: "drain", nodeId: node.id, deadlineSeconds: seconds }, open);
  const drain = useApiMutation("POST /nodes/{nodeId}/drain", {
    alsoRefresh: ["placements", "controls"],
    onDone: (after) => {
      onOpenChange(false);
      notify({ title: `${after.name} drains`, tone: "ok" });
    },
  });
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={(next) => {
        if (!next) drain.reset();
        onOpenChange(next);
      }}
      title={`Drain ${node.name}?`}
      confirmLabel={`Drain ${node.name}`}
      pending={drain.isPending}
      problem={drain.problem}
      onConfirm={() => drain.run({ params: { nodeId: node.id }, body: { deadlineSeconds: seconds } })}
    >
      <ConsequenceView {...told} />
      <Field label="Deadline" error={fieldError(drain.problem, "deadlineSeconds")}>
        {(control) => (
          <Select
            {...control}
            value={String(seconds)}
            onChange={(event) => setSeconds(Number(event.target.value))}
            options={DRAIN_DEADLINES.map((each) => ({ value: String(each), label: deadlineWord(each) }))}
          />
        )}
      </Field>
    </ConfirmDialog>
  );
}
