"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { BaselineKind } from "#lib/evals/browser/baseline-schema.ts";
import type { Version } from "#lib/registry/schema.ts";
import { Button, LinkButton } from "../ui/button.tsx";
import { Notice } from "../ui/card.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { useDenied, useReader } from "../ui/reader.tsx";
import { Pending } from "../ui/skeleton.tsx";
import { useApi, useApiMutation } from "../ui/use-api.ts";
import { BaselineChoice } from "./baseline-choice.tsx";
import { latestEnd } from "./latest-end.ts";
import { RunTable } from "./run-table.tsx";

/** Runs a version's gate, and the runs there were. */
export function VersionGate({ versionId }: { versionId: string }) {
  const version = useApi("GET /versions/{versionId}", { params: { versionId } }).data;
  return (
    <div className="flex flex-col gap-3">
      {version && <RunGate version={version} />}
      <RunTable versionId={versionId} />
    </div>
  );
}

/** Why a run cannot be started yet, while what it needs is being read. */
function readingWords(withoutSuites: boolean, withoutBaselines: boolean): string | undefined {
  if (withoutSuites) return "Loading the suites.";
  return withoutBaselines ? "Loading the possible baselines." : undefined;
}

const NEW_SUITE_PROMPTS = 200;

/** Three ways on, where no gate can pass. */
function NothingToCompare({ version: { tenantId } }: { version: Version }) {
  const { may } = useReader();
  return (
    <Notice tone="warn">
      <p>There is nothing to compare this version with yet, so no gate can pass. You can:</p>
      <ul className="ms-5 list-disc">
        <li>
          <Link href={`/tenants/${tenantId}/routing`}>Enter the customer's current endpoint</Link> and compare with its
          answers. This proves most.
        </li>
        <li>Compare the version with itself, below. This detects drift only.</li>
        {may.includes("cutover.override") && <li>Use “Override gate” above, with a reason for the audit trail.</li>}
      </ul>
    </Notice>
  );
}

function RunGate({ version }: { version: Version }) {
  const router = useRouter();
  const denied = useDenied("eval.run");
  // the suite that a run takes when none is named
  const readiness = useApi("GET /tenants/{tenantId}/suite-readiness", { params: { tenantId: version.tenantId } });
  const suite = readiness.data?.suite;
  const makeSuite = useApiMutation("POST /tenants/{tenantId}/suites", { alsoRefresh: ["suites"] });
  const start = useApiMutation("POST /versions/{versionId}/runs", {
    alsoRefresh: ["runs"],
    onDone: (run) => router.push(`/evals/runs/${run.id}`),
  });
  const baselines = useApi("GET /versions/{versionId}/baselines", { params: { versionId: version.id } });
  const [named, setNamed] = useState<BaselineKind | null>(null);
  // where no gate can pass, what only compares is still on offer
  const possible = baselines.data?.choices.find(({ refusal }) => refusal === null)?.kind ?? null;
  const baseline = named ?? baselines.data?.recommended ?? possible;
  const run = async () => {
    if (!suite) await makeSuite.runAsync({ params: { tenantId: version.tenantId }, body: { name: "Tool calling" } });
    start.run({ params: { versionId: version.id }, body: baseline === null ? {} : { baseline } });
  };
  const isReading = readingWords(readiness.data === undefined, baselines.data === undefined);
  const gates = baselines.data?.choices.find(({ kind }) => kind === baseline)?.gates ?? true;
  const blocked =
    denied ??
    isReading ??
    (version.state === "ready" ? undefined : "Only a version that passed its checks can be evaluated.");
  const problem = makeSuite.problem ?? start.problem;
  // Once there is a verdict, the step after it is the page's primary action.
  const judged = useApi("GET /runs", { query: { versionId: version.id, limit: 20 } }).data?.items.find(
    (each) => each.verdict && each.gates,
  );
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-3">
        <p className="me-auto text-md text-fg-2">
          {suite
            ? `Suite ${suite.name}, revision ${suite.revision}: ${suite.caseCount} prompts, once greedy and five times sampled per side.`
            : "No suite yet: 200 tool-calling prompts are generated for this tenant first."}{" "}
          {baselines.data && latestEnd(baselines.data.speed, suite?.caseCount ?? NEW_SUITE_PROMPTS)}
        </p>
        {judged && <LinkButton href={`/evals/runs/${judged.id}/report`}>Open report</LinkButton>}
        <Button
          variant={judged ? "secondary" : "primary"}
          disabledReason={blocked}
          pending={makeSuite.isPending || start.isPending}
          onClick={() => void run().catch(() => {})} // the mutation shows its own problem below
        >
          {gates ? "Run gate" : "Run comparison"}
        </Button>
      </div>
      {(readiness.isPending || baselines.isPending) && <Pending />}
      {version.state === "ready" && baselines.data?.recommended === null && <NothingToCompare version={version} />}
      {version.state === "ready" && baselines.data && (
        <BaselineChoice baselines={baselines.data} chosen={baseline} onChoose={setNamed} />
      )}
      {baselines.problem && <ErrorState problem={baselines.problem} onRetry={baselines.retry} size="inline" />}
      {problem && <ErrorState problem={problem} size="inline" />}
    </div>
  );
}
