"use client";

import { Notice } from "../ui/card.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { Pending } from "../ui/skeleton.tsx";
import { Status } from "../ui/status.tsx";
import { Time } from "../ui/time.tsx";
import { useApi, useApiList } from "../ui/use-api.ts";
import { useLastRead } from "../ui/use-last-read.ts";
import { ApprovalView } from "./approval-view.tsx";
import { questionOf } from "./approval-words.ts";
import { Decide } from "./decide.tsx";

const REFRESH_MS = 5_000;

/** What a cutover asked last, whoever it asked; nothing where it asked nobody. */
export function CutoverApproval({ cutoverId }: { cutoverId: string }) {
  const list = useApiList("GET /approvals", { query: { cutoverId, limit: 1 } }, { refreshMs: REFRESH_MS });
  const newest = list.items?.[0];
  if (list.problem) return <ErrorState problem={list.problem} onRetry={list.retry} size="inline" />;
  if (list.items === undefined) return <Pending />;
  return newest ? <Asked approvalId={newest.id} state={newest.state} /> : null;
}

function Asked({ approvalId, state }: { approvalId: string; state: string }) {
  const read = useApi(
    "GET /approvals/{approvalId}",
    { params: { approvalId } },
    { refreshMs: state === "pending" ? REFRESH_MS : false },
  );
  useLastRead(state !== "pending", read.retry);
  const approval = read.data;
  if (!approval)
    return read.problem ? <ErrorState problem={read.problem} onRetry={read.retry} size="inline" /> : <Pending />;
  if (approval.state !== "pending")
    return (
      <p className="flex flex-wrap items-center gap-x-3 text-md text-fg-2">
        <Status of="approval" is={approval.state} />
        {questionOf(approval)} {approval.decidedBy ? `By ${approval.decidedBy}` : approval.reason}
        {approval.comment && `: ${approval.comment}`}
      </p>
    );
  return (
    <section aria-label="Approval" className="flex min-w-0 flex-col gap-6">
      <div className="flex flex-wrap items-center gap-3">
        <h2 className="text-lg font-semibold">{questionOf(approval)}</h2>
        <span className="ms-auto flex gap-2">
          <Decide approval={approval} audience="staff" />
        </span>
      </div>
      {approval.notWritten.map(({ address, reason, nextTryAt }) => (
        <Notice key={address} tone="warn">
          {address} could not be notified by e-mail: {reason}{" "}
          {nextTryAt && (
            <>
              Next try <Time at={nextTryAt} />.
            </>
          )}
        </Notice>
      ))}
      <ApprovalView approval={approval} audience="staff" />
    </section>
  );
}
