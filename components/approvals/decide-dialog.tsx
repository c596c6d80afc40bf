"use client";

import type { Approval } from "#lib/cutover/browser/approval-schema.ts";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { confirmForm } from "../ui/form/confirm-form.ts";
import { FormTextarea } from "../ui/form/form-fields.tsx";
import { useApiForm } from "../ui/form/use-api-form.ts";
import { versionTitle } from "../ui/object-title.ts";
import { useApiMutation } from "../ui/use-api.ts";
import { type Audience, nowOf } from "./approval-words.ts";

export type Verb = "approve" | "decline";
type DecideDialogProps = { approval: Approval; audience: Audience; verb: Verb; onClose: () => void };

/** Says what follows from the answer, and asks for a word why. */
export function DecideDialog({ approval, audience, verb, onClose }: DecideDialogProps) {
  const options = { alsoRefresh: ["cutovers", "journey"], onDone: onClose };
  const approve = useApiMutation("POST /approvals/{approvalId}/approve", options);
  const decline = useApiMutation("POST /approvals/{approvalId}/decline", options);
  const change = verb === "approve" ? approve : decline;
  const form = useApiForm({
    start: { comment: "" },
    callOf: ({ comment }) => {
      const body = comment.trim() === "" ? {} : { comment };
      return {
        schema: async () => (await import("#lib/cutover/browser/approval-schema.ts")).DecideApproval,
        body,
        send: () => change.runAsync({ params: { approvalId: approval.id }, body }),
      };
    },
  });
  const words = wordsOf(approval, audience)[verb];
  return (
    <ConfirmDialog
      {...confirmForm(form)}
      open
      onOpenChange={onClose}
      title={words.title}
      confirmLabel={words.label}
      tone={verb === "decline" ? "danger" : "primary"}
    >
      <p>{words.follows}</p>
      <FormTextarea form={form} name="comment" label="Comment" optional rows={3} />
    </ConfirmDialog>
  );
}

function wordsOf(approval: Approval, audience: Audience) {
  const version = `version ${approval.toNumber}`;
  const title = versionTitle({ ...approval, number: approval.toNumber });
  const now = nowOf(approval, audience);
  const stays = now === "nothing yet" ? "Nothing goes live." : `All requests go to ${now}, as before.`;
  return {
    approve: {
      title: approval.step === "canary" ? `Let ${title} answer its first requests?` : `Let ${title} go live?`,
      label: `Approve ${version}`,
      follows: "The cutover continues within seconds.",
    },
    decline: { title: `Decline ${title}?`, label: `Decline ${version}`, follows: `Its cutover ends. ${stays}` },
  } satisfies Record<Verb, { title: string; label: string; follows: string }>;
}
