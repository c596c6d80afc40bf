"use client";

import type { RouteExplanation } from "#lib/gateway/browser/route-schema.ts";
import { TextLink } from "../ui/button.tsx";
import { cn } from "../ui/cn.ts";
import { formatCount } from "../ui/format.ts";
import { useReader } from "../ui/reader.tsx";
import { StatusShape } from "../ui/status.tsx";
import type { StateRole } from "../ui/status-words.ts";
import { TierMark } from "../ui/tier-mark.tsx";

type RouteOption = Extract<RouteExplanation, { kind: "explained" }>["options"][number];
type NodeOfOption = RouteOption["nodes"][number];

/** One way to answer, with every node and its reason; the one that would answer is marked and open. */
export function OptionCard({ option, place }: { option: RouteOption; place: number }) {
  const { isChosen, sentence, nodes } = option;
  return (
    <li className={cn("rounded-card border", isChosen && "border-fg-3")}>
      <div className={cn("flex items-baseline gap-3 px-4 py-2.5", nodes.length > 0 && "border-b")}>
        <span className="text-sm text-fg-3">{place}</span>
        <p className={cn("min-w-0 grow text-md", isChosen && "font-medium")}>{sentence}</p>
        {isChosen && <span className="shrink-0 text-sm text-fg-2">Answers now</span>}
      </div>
      {nodes.length > 0 && (
        <ul className="flex flex-col divide-y">
          {nodes.map((node) => (
            <NodeRow key={node.nodeId} node={node} />
          ))}
        </ul>
      )}
    </li>
  );
}

const stateOf = (node: NodeOfOption): StateRole => (node.reason === null ? (node.isFull ? "warn" : "ok") : "off");

/** Able or not and why; for those that are able, what the choice among them goes by. */
function NodeRow({ node }: { node: NodeOfOption }) {
  const { locale } = useReader();
  const { reason, tier, inFlight, joins, isChosen } = node;
  return (
    <li className="flex flex-wrap items-baseline gap-x-4 gap-y-0.5 px-4 py-2 text-sm">
      <span className="inline-flex min-w-32 items-center gap-2">
        <StatusShape state={stateOf(node)} />
        <TextLink href={`/nodes/${node.nodeId}`} className={cn(isChosen && "font-medium")}>
          {node.nodeName}
        </TextLink>
      </span>
      {reason === null ? (
        <>
          {tier && <TierMark tier={tier} />}
          <span className="text-fg-2">
            {inFlight === null ? "requests in flight unknown" : `${formatCount(inFlight, locale)} in flight`}
            {joins !== null && joins > 0 && `, ${formatCount(joins, locale)} of this version`}
            {node.isFull && ", no slot free"}
          </span>
          {isChosen && <span className="ms-auto text-fg-2">Likeliest</span>}
        </>
      ) : (
        <span className="min-w-0 text-fg-2">{withoutName(node)}</span>
      )}
    </li>
  );
}

/** The reason as the gateway says it, without the name that stands beside it. */
const withoutName = ({ nodeName, sentence }: NodeOfOption): string =>
  sentence.startsWith(`${nodeName}: `) ? sentence.slice(nodeName.length + 2) : sentence;
