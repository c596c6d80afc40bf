"use client";

import { type FormEvent, type ReactNode, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/card.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { RadioCard } from "#components/ui/radio-card.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { useApi } from "#components/ui/use-api.ts";
import type { Pool } from "#lib/pools/schema.ts";
import { allErrors } from "./address-step.tsx";
import { FindingGroups } from "./finding-groups.tsx";
import { InspectionProgress } from "./inspection-progress.tsx";
import { whyUnfit } from "./report-step.tsx";
import type { AddNodeForm, Inspection } from "./use-add-node.ts";

const NEW = "new";

/** Renders the form of a pool that is proposed from a node. */
export type NewPoolForm = (props: {
  proposal: NonNullable<Inspection["proposal"]>;
  onMade: (poolId: string) => void;
}) => ReactNode;

/** Which pool it joins: one that there is, or one made from what the node is. */
export function PoolStep({ adding, newPool }: { adding: AddNodeForm; newPool: NewPoolForm }) {
  const { values, inspection, form } = adding;
  const [choice, setChoice] = useState(values.poolId);
  const pools = useApi("GET /pools", { query: { limit: 200 } });
  const wrong = allErrors(form.refusal, "poolId");
  const isJudged = choice !== NEW && choice !== "" && choice === values.poolId && inspection !== null;
  const unfit = isJudged ? whyUnfit(inspection) : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (choice === "" || choice === NEW || form.isSending) return;
    if (isJudged) return unfit ? undefined : adding.goTo("confirm");
    adding.inspect("pool", choice);
  };
  return (
    <div className="flex flex-col gap-5">
      <form id="choose-pool" onSubmit={submit} className="flex flex-col gap-3">
        <PoolChoices pools={pools.data?.items} choice={choice} onChoice={setChoice} inspection={inspection} />
        {pools.problem && <ErrorState problem={pools.problem} onRetry={pools.retry} size="inline" />}
        {wrong && <p className="text-sm text-bad">{wrong}</p>}
      </form>
      {isJudged && (
        <>
          <Notice tone={unfit ? "bad" : "ok"}>{unfit ?? "It fits this pool."}</Notice>
          <FindingGroups findings={inspection.findings} />
        </>
      )}
      {adding.isInspecting && <InspectionProgress />}
      {choice === NEW ? (
        <NewPool adding={adding} newPool={newPool} />
      ) : (
        <div className="flex flex-wrap gap-2">
          <Button
            variant="primary"
            type="submit"
            form="choose-pool"
            pending={form.isSending}
            disabledReason={choice === "" ? "Choose a pool first." : unfit}
          >
            {isJudged ? "Name node" : "Compare with pool"}
          </Button>
          <Button variant="ghost" onClick={() => adding.goTo("report")}>
            Back to report
          </Button>
        </div>
      )}
    </div>
  );
}

/** The proposal comes from an inspection without a pool; after one with a pool the node is inspected again. */
function NewPool({ adding, newPool }: { adding: AddNodeForm; newPool: NewPoolForm }) {
  const proposal = adding.inspection?.proposal;
  if (!proposal)
    return (
      <div className="flex flex-col items-start gap-3">
        <p className="text-md text-fg-2">The node is inspected again to propose pool settings.</p>
        <Button pending={adding.isInspecting} onClick={() => adding.inspect("pool", "")}>
          Propose pool
        </Button>
      </div>
    );
  return newPool({ proposal, onMade: (poolId) => adding.inspect("confirm", poolId) });
}

function PoolChoices({
  pools,
  choice,
  onChoice,
  inspection,
}: {
  pools: readonly Pool[] | undefined;
  choice: string;
  onChoice: (choice: string) => void;
  inspection: Inspection | null;
}) {
  if (!pools) return <Skeleton className="h-24 w-full" />;
  const served = inspection?.baseModels.map(({ id }) => id) ?? [];
  const card = (value: string) => ({ name: "pool", value, isChosen: choice === value, onChoose: onChoice });
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1.5 text-sm font-medium">Pool</legend>
      {pools.map((pool) => (
        <RadioCard {...card(pool.id)} key={pool.id} title={pool.name}>
          {served.includes(pool.baseModel) && <span className="ms-2 text-xs text-fg-3">same base model</span>}
          <span className="block break-words text-fg-2">
            {`${pool.baseModel} · rank ${pool.maxLoraRank} · ${pool.maxLoras} GPU slots · CPU cache ${pool.maxCpuLoras}`}
          </span>
        </RadioCard>
      ))}
      <RadioCard {...card(NEW)} title="Create a pool from this node">
        <span className="block break-words text-fg-2">Uses the settings the engine reports; you fill in the rest.</span>
      </RadioCard>
    </fieldset>
  );
}
