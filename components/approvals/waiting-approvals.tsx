"use client";

import type { Approval } from "#lib/cutover/browser/approval-schema.ts";
import { TextLink } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { pendingApprovalsCall } from "../ui/page-calls.ts";
import { Pending } from "../ui/skeleton.tsx";
import { useApiList } from "../ui/use-api.ts";
import { deciderOf } from "./approval-words.ts";
import { Deadline } from "./deadline.tsx";

const REFRESH_MS = 10_000;

/** Cutovers that somebody has to agree to, those that wait for the reader first; nothing where none does. */
export function WaitingApprovals() {
  const list = useApiList(...pendingApprovalsCall, { refreshMs: REFRESH_MS });
  if (list.problem) return <ErrorState problem={list.problem} onRetry={list.retry} size="inline" />;
  if (list.items === undefined) return <Pending />;
  const items = list.items.toSorted((a, b) => Number(b.canDecide) - Number(a.canDecide));
  if (items.length === 0) return null;
  const mine = items.filter(({ canDecide }) => canDecide).length;
  return (
    <Card title="Waiting for approval" aside={mine === 0 ? "none for you" : `${mine} for you`}>
      <ul className="flex flex-col divide-y text-sm">
        {items.map((approval) => (
          <Waiting key={approval.id} approval={approval} />
        ))}
      </ul>
    </Card>
  );
}

function Waiting({ approval }: { approval: Approval }) {
  const { tenantName, adapterSlug, toNumber, step, canDecide, expiresAt, cutoverId } = approval;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 py-1.5">
      <TextLink href={`/cutovers/${cutoverId}`}>
        {tenantName} / {adapterSlug} v{toNumber}
      </TextLink>
      <span className="text-fg-2">
        {step === "canary" ? "before its first requests" : "before it goes live"}, waits for{" "}
        {canDecide ? <b className="font-medium text-fg">you</b> : deciderOf(approval, "staff")}
      </span>
      <span className="ms-auto text-fg-3">
        until <Deadline at={expiresAt} />
      </span>
    </li>
  );
}
