"use client";

import type { ReactNode } from "react";
import { AsOf } from "#components/ui/as-of.tsx";
import { TextLink } from "#components/ui/button.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { nodeCall } from "#components/ui/page-calls.ts";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Status } from "#components/ui/status.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { Time } from "#components/ui/time.tsx";
import { useApi } from "#components/ui/use-api.ts";
import type { Node } from "#lib/fleet/schema.ts";
import { healthSince } from "./node-facts.ts";
import { NodeMarks } from "./node-marks.tsx";
import { useRemoveNode } from "./remove-node.tsx";
import { useServiceActions } from "./service-actions.tsx";

/** As often as the worker polls a node. */
export const POLL_MS = 3000;
/** As often as a poll that changed nothing is written down. */
const LAST_SEEN_MS = 10_000;

const PARENTS = [{ label: "Nodes", href: "/nodes" }];

/** One node; its tabs share the answer. */
export const useNode = (nodeId: string) => useApi(...nodeCall(nodeId), { refreshMs: POLL_MS });

/** Problems and warnings of the latest inspection. */
const findingCount = ({ findings }: Node): number => (findings === null ? 0 : findings.problems + findings.warnings);
/** Beside a tab stands only what asks for a look. */
const countOf = (count: number) => (count === 0 ? {} : { count });

/** Header and tabs of one node: is it fine, why not, and taking it out of service. */
export function NodeFrame({
  nodeId,
  secondary,
  children,
}: {
  nodeId: string;
  /** Beside taking it out of service, on every tab. */
  secondary?: ReactNode;
  children: ReactNode;
}) {
  const read = useNode(nodeId);
  const node = read.data;
  if (!node) {
    if (read.problem)
      return (
        <>
          <PageHeader title="Node" parents={PARENTS} />
          <ErrorState problem={read.problem} onRetry={read.retry} />
        </>
      );
    return <Skeleton className="h-20 w-full" />;
  }
  return (
    <>
      <Head node={node} secondary={secondary} />
      {read.problem && <ErrorState problem={read.problem} onRetry={read.retry} size="inline" />}
      {children}
    </>
  );
}

function Head({ node, secondary }: { node: Node; secondary: ReactNode }) {
  const remove = useRemoveNode(node);
  const service = useServiceActions(node);
  const root = `/nodes/${node.id}`;
  return (
    <>
      <PageHeader
        title={node.name}
        parents={PARENTS}
        id={node.id}
        health={
          <>
            <Status of="node" is={node.health} since={healthSince(node)} tinted />
            <NodeMarks node={node} />
          </>
        }
        meta={
          <>
            <span>{node.healthReason}</span>
            {node.drainDeadline && (
              <span>
                Running requests may take until <Time at={node.drainDeadline} as="absolute" /> (
                <Time at={node.drainDeadline} />)
              </span>
            )}
            <span>
              Pool <TextLink href={`/pools/${node.poolId}`}>{node.poolSlug}</TextLink>
            </span>
            <AsOf at={node.lastSeenAt} intervalMs={LAST_SEEN_MS} />
          </>
        }
        secondary={secondary}
        primary={service.primary}
        more={[...service.items, remove.item]}
        tabs={
          <Tabs
            label={`Sections of ${node.name}`}
            tabs={[
              { label: "Summary", href: root },
              { label: "Loaded", href: `${root}/placements`, count: node.placements.desired },
              { label: "Timeline", href: `${root}/timeline` },
              { label: "Swaps", href: `${root}/swaps` },
              { label: "Inspection", href: `${root}/inspection`, ...countOf(findingCount(node)) },
              { label: "Node drift", href: `${root}/drift`, ...countOf(node.drift.length) },
            ]}
          />
        }
      />
      {remove.dialog}
      {service.dialogs}
    </>
  );
}
