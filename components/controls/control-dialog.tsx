"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { ConsequenceView } from "#components/ui/consequence-view.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { DRAIN_DEADLINES, deadlineWord } from "#components/ui/drain-deadlines.ts";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { fieldError } from "#components/ui/field-error.ts";
import { Select } from "#components/ui/input.tsx";
import { TextField } from "#components/ui/text-field.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useApiMutation } from "#components/ui/use-api.ts";
import { useConsequences } from "#components/ui/use-consequences.ts";
import { CONTROL_MINUTES, type ControlKind, DRAIN_SECONDS } from "#lib/fleet/browser/control-kinds.ts";
import type { Problem } from "#lib/http/schema.ts";
import { actionLabel, type ControlObject, DURATIONS, dialogTitle, idsOf, TOUCHED } from "./control-words.ts";

const SHORTEST_REASON = 3;

type ControlDialogProps = {
  kind: ControlKind;
  object: ControlObject;
  open: boolean;
  onOpenChange: (open: boolean) => void;
};

type Order = { reason: string; minutes: number; deadlineSeconds: number };
const FRESH: Order = { reason: "", minutes: CONTROL_MINUTES.default, deadlineSeconds: DRAIN_SECONDS };

/** Says what would follow, asks why and for how long, and sets it. */
export function ControlDialog({ kind, object, open, onOpenChange }: ControlDialogProps) {
  const [order, setOrder] = useState<Order>(FRESH);
  const { reason, minutes, deadlineSeconds } = order;
  const what = { ...idsOf(object), ...(kind === "drain" ? { deadlineSeconds } : {}) };
  const told = useConsequences({ action: kind, ...what }, open);
  const change = (next: boolean) => {
    start.reset();
    if (!next) setOrder(FRESH);
    onOpenChange(next);
  };
  const start = useApiMutation("POST /controls", {
    alsoRefresh: TOUCHED,
    onDone: ({ title }) => {
      change(false);
      notify({ title, detail: "Active at the gateway within 2 s.", tone: "ok" });
    },
  });
  const label = actionLabel(kind, object);
  const isHard = kind === "shed" || (told.data?.withoutAnswer.count ?? 0) > 0;
  const missing = reason.trim().length < SHORTEST_REASON ? "Enter a reason first." : undefined;
  return (
    <Dialog
      open={open}
      onOpenChange={change}
      title={dialogTitle(kind, object)}
      footer={
        <>
          <Button onClick={() => change(false)}>Cancel</Button>
          <Button
            variant={isHard ? "danger" : "primary"}
            pending={start.isPending}
            disabledReason={told.data?.blockers[0]?.message ?? missing}
            onClick={() => start.run({ body: { kind, ...what, reason, minutes } })}
          >
            {label}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <ConsequenceView {...told} />
        <OrderFields
          order={order}
          onChange={(part) => setOrder({ ...order, ...part })}
          drains={kind === "drain"}
          problem={start.problem}
        />
        {start.problem && <ErrorState problem={start.problem} size="inline" />}
      </div>
    </Dialog>
  );
}

function OrderFields({
  order,
  onChange,
  drains,
  problem,
}: {
  order: Order;
  onChange: (part: Partial<Order>) => void;
  drains: boolean;
  problem: Problem | null;
}) {
  return (
    <>
      <TextField
        label="Reason"
        hint="Shown to your team while the override is active, and kept in the audit trail."
        value={order.reason}
        onChange={(reason) => onChange({ reason })}
        maxLength={500}
        error={fieldError(problem, "reason")}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Duration" hint="Expires automatically unless renewed.">
          {(control) => (
            <Select
              {...control}
              value={String(order.minutes)}
              onChange={(event) => onChange({ minutes: Number(event.target.value) })}
              options={DURATIONS}
            />
          )}
        </Field>
        {drains && (
          <Field label="Deadline" error={fieldError(problem, "deadlineSeconds")}>
            {(control) => (
              <Select
                {...control}
                value={String(order.deadlineSeconds)}
                onChange={(event) => onChange({ deadlineSeconds: Number(event.target.value) })}
                options={DRAIN_DEADLINES.map((each) => ({ value: String(each), label: deadlineWord(each) }))}
              />
            )}
          </Field>
        )}
      </div>
    </>
  );
}
