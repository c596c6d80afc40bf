"use client";

import type { Cutover } from "#lib/cutover/schema.ts";
import { ConfirmConsequences } from "../ui/confirm-consequences.tsx";
import { confirmForm } from "../ui/form/confirm-form.ts";
import { FormText } from "../ui/form/form-fields.tsx";
import { useApiForm } from "../ui/form/use-api-form.ts";
import { adapterTitle } from "../ui/object-title.ts";
import { useApiMutation } from "../ui/use-api.ts";
import { backTo } from "./way-back.ts";

/** What a rollback changes, and a word why. */
export function RollBackDialog({ cutover, onClose }: { cutover: Cutover; onClose: () => void }) {
  const rollback = useApiMutation("POST /cutovers/{cutoverId}/rollback", {
    alsoRefresh: ["adapters", "versions"],
    onDone: onClose,
  });
  const form = useApiForm({
    start: { reason: "" },
    callOf: ({ reason }) => {
      const body = reason.trim() === "" ? {} : { reason };
      return {
        schema: async () => (await import("#lib/cutover/schema.ts")).RollBackCutover,
        body,
        send: () => rollback.runAsync({ params: { cutoverId: cutover.id }, body }),
      };
    },
  });
  const target = backTo(cutover) ?? "nothing";
  return (
    <ConfirmConsequences
      {...confirmForm(form)}
      open
      onOpenChange={onClose}
      title={`Roll ${adapterTitle(cutover)} back to ${target}?`}
      confirmLabel={`Roll back to ${target}`}
      tone="danger"
      consequences={{
        changes: [
          rollBackChange(cutover, target),
          "Requests in progress finish on the version they started with.",
          `v${cutover.toNumber} is marked as rolled back, with your name and reason.`,
        ],
        tenantCount: 1,
        load: null,
        undo: `Start a cutover to v${cutover.toNumber} again`,
      }}
    >
      <FormText
        form={form}
        name="reason"
        label="Reason"
        optional
        hint="Shown on the version and on the tenant."
        maxLength={500}
      />
    </ConfirmConsequences>
  );
}

function rollBackChange({ phase, weight, toNumber, fromNumber, tenantName }: Cutover, target: string): string {
  if (phase === "canary")
    return `The ${weight} % of the conversations that v${toNumber} has return to ${target} at once.`;
  return fromNumber === null
    ? `New requests of ${tenantName} go to its own endpoint at once, as before it moved in.`
    : `New requests of ${tenantName} are answered by ${target} at once; it is still warm.`;
}
