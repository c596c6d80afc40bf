"use client";

import { lazy, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { OnceOpened } from "#components/ui/once-opened.tsx";
import { useDenied } from "#components/ui/reader.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { StatusShape } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import { useApi } from "#components/ui/use-api.ts";
import type { UnmanagedAdapter } from "#lib/fleet/browser/inspection-schema.ts";
import type { Node } from "#lib/fleet/schema.ts";
import { useNode } from "./node-frame.tsx";

const AdoptDialog = lazy(() => import("./adopt-dialog.tsx").then((module) => ({ default: module.AdoptDialog })));

/** Names a node lists and nobody here asked for, what they are, and what stands between each and a version. */
export function NodeDrift({ nodeId }: { nodeId: string }) {
  const node = useNode(nodeId).data;
  const read = useApi("GET /nodes/{nodeId}/unmanaged-adapters", { params: { nodeId } });
  const list = read.data;
  if (!node) return null;
  if (!list) {
    if (read.problem) return <ErrorState problem={read.problem} onRetry={read.retry} />;
    return <Skeleton className="h-40 w-full" />;
  }
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="max-w-[72ch] text-md text-fg-2">
          Node drift: adapters on the node that Switchyard did not load. Last polled <Time at={list.asOf} />.
        </p>
        <Button pending={read.isFetching} onClick={read.retry}>
          Poll again
        </Button>
      </div>
      {read.problem && <ErrorState problem={read.problem} onRetry={read.retry} size="inline" />}
      {list.items.length === 0 ? (
        <Card>
          <EmptyState title="No node drift">The node lists only adapters that Switchyard loaded.</EmptyState>
        </Card>
      ) : (
        list.items.map((unmanaged) => (
          <UnmanagedAdapterCard key={unmanaged.loraName} unmanaged={unmanaged} node={node} />
        ))
      )}
    </div>
  );
}

/** A name that could be checked and fails nothing can become a version; one that fails can be seen why. */
const whyNot = (unmanaged: UnmanagedAdapter): string | undefined => {
  if (unmanaged.path === null || unmanaged.failures === null) return "Switchyard cannot read its files.";
  return undefined;
};

function UnmanagedAdapterCard({ unmanaged, node }: { unmanaged: UnmanagedAdapter; node: Node }) {
  const [isOpen, setOpen] = useState(false);
  const denied = useDenied("fleet.write");
  const since = node.drift.find(({ loraName }) => loraName === unmanaged.loraName)?.since;
  const { failures } = unmanaged;
  return (
    <Card
      title={<code className="break-all font-mono text-md">{unmanaged.loraName}</code>}
      level={2}
      aside={
        since && (
          <>
            since <Time at={since} />
          </>
        )
      }
      actions={
        <Button size="sm" disabledReason={denied ?? whyNot(unmanaged)} onClick={() => setOpen(true)}>
          Adopt
        </Button>
      }
    >
      <div className="flex flex-col gap-3 text-md">
        <p className="flex items-center gap-2 text-fg-2">
          {failures?.length === 0 && <StatusShape state="ok" />}
          {unmanaged.note}
        </p>
        {unmanaged.root && (
          <p className="text-sm">
            <span className="text-fg-2">Loaded from </span>
            <code className="break-all font-mono text-xs">{unmanaged.root}</code>
          </p>
        )}
        {failures && failures.length > 0 && <Failures failures={failures} />}
      </div>
      <OnceOpened open={isOpen}>
        {isOpen && <AdoptDialog node={node} unmanaged={unmanaged} onClose={() => setOpen(false)} />}
      </OnceOpened>
    </Card>
  );
}

function Failures({ failures }: { failures: NonNullable<UnmanagedAdapter["failures"]> }) {
  return (
    <div className="flex flex-col gap-2">
      <p className="text-sm font-medium text-fg-2">Checks it would fail</p>
      <ul className="flex flex-col gap-2">
        {failures.map(({ code, message, fix }) => (
          <li key={`${code} ${message}`} data-finding={code} className="flex gap-2.5">
            <span className="flex h-5 items-center">
              <StatusShape state="bad" />
            </span>
            <span>
              {message}
              {fix && <span className="block text-fg-2">{fix}</span>}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
