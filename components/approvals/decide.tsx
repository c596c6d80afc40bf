"use client";

import { useState } from "react";
import type { Approval } from "#lib/cutover/browser/approval-schema.ts";
import { Button } from "../ui/button.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { Field } from "../ui/field.tsx";
import { fieldError } from "../ui/field-error.ts";
import { Textarea } from "../ui/input.tsx";
import { versionTitle } from "../ui/object-title.ts";
import { useApiMutation } from "../ui/use-api.ts";
import { type Audience, deciderOf, nowOf } from "./approval-words.ts";

type Verb = "approve" | "decline";

/** Yes or no, with a word why; the answer is carried out within seconds. */
export function Decide({ approval, audience }: { approval: Approval; audience: Audience }) {
  const [asking, setAsking] = useState<Verb | null>(null);
  const [shown, setShown] = useState<Verb>("approve");
  const [comment, setComment] = useState("");
  const options = { alsoRefresh: ["cutovers", "journey"], onDone: () => setAsking(null) };
  const approve = useApiMutation("POST /approvals/{approvalId}/approve", options);
  const decline = useApiMutation("POST /approvals/{approvalId}/decline", options);
  const change = shown === "approve" ? approve : decline;
  const denied = approval.canDecide ? undefined : `Only ${deciderOf(approval, audience)} can decide.`;
  const open = (verb: Verb) => {
    setShown(verb);
    setComment("");
    approve.reset();
    decline.reset();
    setAsking(verb);
  };
  const text = comment.trim();
  const send = () => change.run({ params: { approvalId: approval.id }, body: text === "" ? {} : { comment: text } });
  const words = wordsOf(approval, audience)[shown];
  return (
    <>
      <Button disabledReason={denied} onClick={() => open("decline")}>
        Decline
      </Button>
      <Button variant="primary" disabledReason={denied} onClick={() => open("approve")}>
        Approve
      </Button>
      <ConfirmDialog
        open={asking !== null}
        onOpenChange={(isOpen) => setAsking(isOpen ? shown : null)}
        title={words.title}
        confirmLabel={words.label}
        tone={shown === "decline" ? "danger" : "primary"}
        pending={change.isPending}
        problem={change.problem}
        onConfirm={send}
      >
        <p>{words.follows}</p>
        <Field label="Comment" optional error={fieldError(change.problem, "comment")}>
          {(control) => (
            <Textarea {...control} rows={3} value={comment} onChange={(event) => setComment(event.target.value)} />
          )}
        </Field>
      </ConfirmDialog>
    </>
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
