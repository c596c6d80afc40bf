"use client";

import { TextLink } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { cn } from "#components/ui/cn.ts";
import { CopyBlock } from "#components/ui/copy.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import type { Rollout } from "#lib/fleet/schema.ts";
import type { Pool } from "#lib/pools/schema.ts";

type RolloutNode = Rollout["nodes"][number];

const STEPS: readonly RolloutNode["phase"][] = ["draining", "restarting", "restoring", "done"];
const isOver = (phase: RolloutNode["phase"]): boolean => phase === "done" || phase === "failed" || phase === "skipped";

/** How far one node is: four strokes, the present one in its own colour. The word beside it says the same. */
function PhaseBar({ phase }: { phase: RolloutNode["phase"] }) {
  const at = STEPS.indexOf(phase);
  return (
    <span aria-hidden="true" className="inline-flex items-center gap-0.5">
      {STEPS.map((step, index) => (
        <span
          key={step}
          className={cn(
            "w-4 rounded-full",
            index === at && phase !== "done" ? "h-2 bg-busy" : "h-1",
            (index < at || phase === "done") && "bg-fg-3",
            (index > at || at === -1) && "bg-line",
          )}
        />
      ))}
    </span>
  );
}

/** Each node in its order: phase, since when, until when, why; and the command of the one whose restart is due. */
export function RolloutNodes({ rollout, restartStep }: { rollout: Rollout; restartStep: Pool["restartStep"] | null }) {
  const nodes = rollout.nodes.toSorted((a, b) => a.position - b.position);
  const isRunning = rollout.state === "running";
  return (
    <Card title="Nodes, in order" flush>
      <ol className="border-t">
        {nodes.map((node) => (
          <li key={node.nodeId} className="flex flex-col gap-2 border-b px-4 py-3 last:border-b-0">
            <div className="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm">
              <TextLink href={`/nodes/${node.nodeId}`} className="min-w-24 font-medium">
                {node.nodeName}
              </TextLink>
              <PhaseBar phase={node.phase} />
              <Status of="rollout_node" is={node.phase} since={node.phase === "pending" ? null : node.since} />
              {node.deadline && !isOver(node.phase) && (
                <span className="text-fg-2">
                  by <Time at={node.deadline} as="absolute" /> (<Time at={node.deadline} />)
                </span>
              )}
            </div>
            {node.message && <p className="max-w-[72ch] text-md text-fg-2">{node.message}</p>}
            <Command node={node} isDue={isRunning && restartStep === "manual" && node.phase === "restarting"} />
          </li>
        ))}
      </ol>
    </Card>
  );
}

/** Open while somebody has to run it, folded away otherwise. */
function Command({ node, isDue }: { node: RolloutNode; isDue: boolean }) {
  if (isDue)
    return (
      <div className="flex flex-col gap-1.5 rounded-card bg-warn-tint p-3">
        <p className="text-md font-medium text-warn">
          Action needed: stop the engine of {node.nodeName} and start it with this command.
        </p>
        <CopyBlock text={node.command} label={`Copy the command of ${node.nodeName}`} />
      </div>
    );
  return (
    <details className="text-sm">
      <summary className="min-h-6 w-fit cursor-pointer text-fg-2 hover:text-fg">Command with the new limits</summary>
      <div className="mt-1.5">
        <CopyBlock text={node.command} label={`Copy the command of ${node.nodeName}`} />
      </div>
    </details>
  );
}
