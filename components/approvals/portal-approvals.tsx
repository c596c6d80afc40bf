"use client";

import type { Approval } from "#lib/cutover/browser/approval-schema.ts";
import { LinkButton } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { useApi, useApiList } from "../ui/use-api.ts";
import { differenceOf, nowOf, questionOf, silenceOf } from "./approval-words.ts";
import { Deadline } from "./deadline.tsx";
import { Decide } from "./decide.tsx";

const REFRESH_MS = 10_000;

/** What waits for the customer, on its first page; nothing at all where nothing does. */
export function PortalApprovals() {
  const list = useApiList("GET /approvals", { query: { state: "pending", limit: 5 } }, { refreshMs: REFRESH_MS });
  if (list.problem) return <ErrorState problem={list.problem} onRetry={list.retry} size="inline" />;
  return list.items?.map((approval) => <ApprovalCard key={approval.id} approval={approval} />);
}

function ApprovalCard({ approval }: { approval: Approval }) {
  const answers = useApi("GET /approvals/{approvalId}/answers", {
    params: { approvalId: approval.id },
    query: { limit: 1 },
  });
  const now = nowOf(approval, "customer");
  return (
    <Card
      title={questionOf(approval)}
      footer={
        <div className="flex flex-wrap items-center gap-2">
          <LinkButton href={`/portal/approvals/${approval.id}`}>Open approval</LinkButton>
          <span className="ms-auto flex flex-wrap gap-2">
            <Decide approval={approval} audience="customer" />
          </span>
        </div>
      }
    >
      <div className="flex flex-col gap-1 text-md">
        <p>
          {now === "nothing yet" ? "Your model has no version live yet." : `Your model is answered by ${now} now.`}{" "}
          {answers.data && differenceOf(answers.data.counts, "customer")}
          {answers.problem && "The answer differences could not be loaded."}
        </p>
        <p className="text-fg-2">
          Answer until <Deadline at={approval.expiresAt} />. {silenceOf(approval)}
        </p>
      </div>
    </Card>
  );
}
