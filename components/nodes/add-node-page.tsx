"use client";

import { parseAsString, useQueryState } from "nuqs";
import { type ReactNode, useEffect, useRef } from "react";
import { Card } from "#components/ui/card.tsx";
import { cn } from "#components/ui/cn.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { useDenied } from "#components/ui/reader.tsx";
import { AddressStep } from "./address-step.tsx";
import { ConfirmStep } from "./confirm-step.tsx";
import { LoadingStep } from "./loading-step.tsx";
import { type NewPoolForm, PoolStep } from "./pool-step.tsx";
import { ReportStep } from "./report-step.tsx";
import { type AddNodeForm, type AddNodeStep, useAddNode } from "./use-add-node.ts";

const STEPS: readonly { id: AddNodeStep; label: string }[] = [
  { id: "address", label: "Address" },
  { id: "report", label: "Report" },
  { id: "pool", label: "Pool" },
  { id: "confirm", label: "Name" },
  { id: "loading", label: "Loads" },
];

const TITLES: Record<AddNodeStep, string> = {
  address: "vLLM server address",
  report: "Inspection result",
  pool: "Pool",
  confirm: "Node name",
  loading: "Loading adapters",
};

/** Adds a node: its address, what an inspection finds, its pool, its name; then its first loads. */
export function AddNodePage({ newPool }: { newPool: NewPoolForm }) {
  const [poolId] = useQueryState("pool", parseAsString.withDefault(""));
  const denied = useDenied("fleet.write");
  const adding = useAddNode(poolId);
  return (
    <>
      <PageHeader title="Add node" parents={[{ label: "Nodes", href: "/nodes" }]} />
      {denied ? (
        <EmptyState title="Only admins add nodes">{denied}</EmptyState>
      ) : (
        <>
          <Track step={adding.step} />
          <StepFocus step={adding.step}>
            <Card title={TITLES[adding.step]} className="max-w-220">
              <Body adding={adding} newPool={newPool} />
            </Card>
          </StepFocus>
        </>
      )}
    </>
  );
}

/** A step without a field of its own to begin with takes the focus itself, so that it is read from its title on. */
function StepFocus({ step, children }: { step: AddNodeStep; children: ReactNode }) {
  const element = useRef<HTMLDivElement>(null);
  const seen = useRef(step);
  useEffect(() => {
    if (seen.current === step) return;
    seen.current = step;
    window.scrollTo({ top: 0 });
    if (step !== "address" && step !== "confirm") element.current?.focus({ preventScroll: true });
  }, [step]);
  return (
    <div ref={element} tabIndex={-1} className="focus:outline-none">
      {children}
    </div>
  );
}

/** Which of the steps this is. Nothing waits or fails here, so it has no state's colour. */
function Track({ step }: { step: AddNodeStep }) {
  const at = STEPS.findIndex(({ id }) => id === step);
  return (
    <ol aria-label="Steps" className="flex max-w-220 gap-1.5">
      {STEPS.map(({ id, label }, index) => (
        <li key={id} aria-current={index === at ? "step" : undefined} className="flex min-w-0 flex-1 flex-col gap-1.5">
          <span
            aria-hidden="true"
            className={cn("h-1 rounded-full", index < at ? "bg-fg-3" : index === at ? "bg-accent" : "bg-line")}
          />
          <span className={cn("text-sm", index === at ? "font-medium" : index < at ? "text-fg-2" : "text-fg-3")}>
            {label}
            {index < at && <span className="sr-only">, done</span>}
          </span>
        </li>
      ))}
    </ol>
  );
}

function Body({ adding, newPool }: { adding: AddNodeForm; newPool: NewPoolForm }) {
  switch (adding.step) {
    case "address":
      return <AddressStep adding={adding} />;
    case "report":
      return <ReportStep adding={adding} />;
    case "pool":
      return <PoolStep adding={adding} newPool={newPool} />;
    case "confirm":
      return <ConfirmStep adding={adding} />;
    case "loading":
      return adding.nodeId && <LoadingStep nodeId={adding.nodeId} />;
  }
}
