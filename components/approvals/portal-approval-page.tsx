"use client";

import { ErrorState } from "../ui/error-state.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Status } from "../ui/status.tsx";
import { useApi } from "../ui/use-api.ts";
import { ApprovalView } from "./approval-view.tsx";
import { questionOf } from "./approval-words.ts";
import { Decide } from "./decide.tsx";

const REFRESH_MS = 5_000;

/** What a customer is asked, with what it takes to answer. */
export function PortalApprovalPage({ approvalId }: { approvalId: string }) {
  const read = useApi(
    "GET /approvals/{approvalId}",
    { params: { approvalId } },
    { refreshMs: (approval) => (approval === undefined || approval.state === "pending" ? REFRESH_MS : false) },
  );
  const approval = read.data;
  if (!approval) {
    if (read.problem) return <ErrorState problem={read.problem} onRetry={read.retry} />;
    return <Skeleton className="h-60 w-full" />;
  }
  return (
    <>
      <PageHeader
        title={questionOf(approval)}
        parents={[{ label: "Status", href: "/portal" }]}
        health={<Status of="approval" is={approval.state} tinted />}
        primary={approval.state === "pending" ? <Decide approval={approval} audience="customer" /> : undefined}
      />
      {read.problem && <ErrorState problem={read.problem} onRetry={read.retry} size="inline" />}
      <ApprovalView approval={approval} audience="customer" />
    </>
  );
}
