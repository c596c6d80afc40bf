"use client";

import { parseAsString, useQueryState } from "nuqs";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { useDenied } from "#components/ui/reader.tsx";
import { Steps } from "#components/ui/steps.tsx";
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
  address: "Where is the vLLM server?",
  report: "What the look at it found",
  pool: "Which pool does it join?",
  confirm: "What is it called?",
  loading: "Loads start",
};

/** Adds a node: its address, what a look at it finds, its pool, its name; then its first loads. */
export function AddNodePage({ newPool }: { newPool: NewPoolForm }) {
  const [poolId] = useQueryState("pool", parseAsString.withDefault(""));
  const denied = useDenied("fleet.write");
  const form = useAddNode(poolId);
  return (
    <>
      <PageHeader title="Add node" parents={[{ label: "Nodes", href: "/nodes" }]} />
      {denied ? (
        <EmptyState title="Only admins add nodes">{denied}</EmptyState>
      ) : (
        <>
          <Steps
            steps={STEPS}
            step={form.step}
            state={form.isLooking || form.isAdding || form.step === "loading" ? "busy" : "waiting"}
          />
          <Card title={TITLES[form.step]} className="max-w-220">
            <Body form={form} newPool={newPool} />
          </Card>
        </>
      )}
    </>
  );
}

function Body({ form, newPool }: { form: AddNodeForm; newPool: NewPoolForm }) {
  switch (form.step) {
    case "address":
      return <AddressStep form={form} />;
    case "report":
      return <ReportStep form={form} />;
    case "pool":
      return <PoolStep form={form} newPool={newPool} />;
    case "confirm":
      return <ConfirmStep form={form} />;
    case "loading":
      return form.nodeId && <LoadingStep nodeId={form.nodeId} />;
  }
}
