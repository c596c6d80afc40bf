"use client";

import { MetricChart } from "#components/charts/metric-chart.tsx";
import { TextLink } from "#components/ui/button.tsx";
import { Card, Notice } from "#components/ui/card.tsx";
import { formatNumber } from "#components/ui/format.ts";
import { KeyValue } from "#components/ui/key-value.tsx";
import { PitfallCard } from "#components/ui/pitfalls/pitfall-card.tsx";
import { useReader } from "#components/ui/reader.tsx";
import { Pending } from "#components/ui/skeleton.tsx";
import { StatusShape } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import type { Node } from "#lib/fleet/schema.ts";
import type { ChartMetric } from "#lib/metrics/browser/chart-metrics.ts";
import { ForeignNotice, useCacheSources } from "./cache-sources.tsx";
import { conditionLine } from "./node-facts.ts";
import { useNode } from "./node-frame.tsx";
import { NodeKeyCard } from "./node-key-card.tsx";
import { LoadedCount } from "./node-marks.tsx";
import { ResidencyCard } from "./residency-map.tsx";

const METRICS: readonly ChartMetric[] = ["latency", "evictions", "swap-source"];

/** What is known of one node: its conditions, its facts, its last hour. */
export function NodeSummary({ nodeId }: { nodeId: string }) {
  const node = useNode(nodeId).data;
  const sources = useCacheSources(nodeId);
  if (!node) return null;
  return (
    <div className="flex flex-col gap-6">
      {node.drift.length > 0 && <DriftNotice node={node} />}
      {sources.isPending && <Pending />}
      <ForeignNotice sources={sources.data} href={`/nodes/${nodeId}/swaps`} />
      {!node.standalone && <PitfallCard scope={{ nodeId }} />}
      <div className="grid grid-cols-1 items-start gap-6 lg:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-6">
          <ResidencyCard nodeId={nodeId} />
          <Conditions node={node} />
        </div>
        <div className="flex min-w-0 flex-col gap-6">
          <Facts node={node} />
          <NodeKeyCard node={node} />
        </div>
      </div>
      <section aria-labelledby="node-charts" className="flex flex-col gap-3">
        <div className="flex flex-wrap items-baseline justify-between gap-x-4">
          <h2 id="node-charts" className="text-lg font-semibold">
            Last hour
          </h2>
          <TextLink href={`/charts/nodes/${node.id}`} className="text-sm">
            Board of {node.name}
          </TextLink>
        </div>
        <div className="grid gap-4 lg:grid-cols-2 2xl:grid-cols-3">
          {METRICS.map((metric) => (
            <MetricChart
              key={metric}
              metric={metric}
              scope={{ nodeId }}
              isForStaff
              size="small"
              level={3}
              syncId={nodeId}
              className="max-2xl:first:col-span-full"
            />
          ))}
        </div>
      </section>
    </div>
  );
}

function Conditions({ node }: { node: Node }) {
  return (
    <Card title="Conditions">
      {node.conditions.length === 0 ? (
        <p className="text-md text-fg-2">This node has not been polled yet.</p>
      ) : (
        <ul className="flex flex-col gap-3">
          {node.conditions.map((condition) => {
            const { label, answer, role } = conditionLine(condition);
            return (
              <li key={condition.type} className="flex gap-2.5">
                <span className="flex h-5 items-center">
                  <StatusShape state={role} />
                </span>
                <div className="min-w-0 text-md">
                  <p>
                    <span className="font-medium">{label}</span>: {answer}{" "}
                    <span className="text-sm text-fg-3">
                      · <Time at={condition.lastTransitionTime} as="age" />
                    </span>
                  </p>
                  <p className="text-sm text-fg-2">{condition.message}</p>
                </div>
              </li>
            );
          })}
        </ul>
      )}
    </Card>
  );
}

function Facts({ node }: { node: Node }) {
  const { locale } = useReader();
  return (
    <Card title="Facts">
      <KeyValue
        rows={[
          { label: "Address", value: <code className="break-all font-mono text-xs">{node.baseUrl}</code> },
          { label: "API key", value: node.hasKey ? "Set, encrypted" : "None" },
          { label: "Serves", value: node.standalone ? "Evaluation baselines only" : "Customers" },
          { label: "Engine", value: node.engineVersion ? `vLLM ${node.engineVersion}` : "Unknown" },
          {
            label: "Started",
            value: node.processStartedAt ? <Time at={node.processStartedAt} /> : "Unknown",
            hint: "Start of the engine process, from its metrics",
          },
          {
            label: "Epoch",
            value: node.epoch === 0 ? "Never seen running" : `${node.epoch}, ${restartsText(node.epoch - 1)}`,
            hint: "Rises by one with each restart of the engine",
          },
          { label: "Loaded versions", value: <LoadedCount placements={node.placements} /> },
          { label: "GPU", value: node.gpu },
          {
            label: "Price",
            value: node.pricePerHour === null ? null : `${formatNumber(node.pricePerHour, locale)} per hour`,
          },
          { label: "Added", value: <Time at={node.createdAt} /> },
        ]}
      />
    </Card>
  );
}

const restartsText = (count: number): string => {
  if (count === 0) return "no restart seen";
  return count === 1 ? "1 restart seen" : `${count} restarts seen`;
};

function DriftNotice({ node }: { node: Node }) {
  const { length } = node.drift;
  return (
    <Notice
      tone="warn"
      action={
        <TextLink href={`/nodes/${node.id}/drift`} className="text-warn underline">
          Open node drift
        </TextLink>
      }
    >
      Node drift: the node lists {length === 1 ? "1 name" : `${length} names`} that Switchyard did not load.
    </Notice>
  );
}
