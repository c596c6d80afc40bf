"use client";

import type { JourneyTenant } from "#lib/journey/schema.ts";
import type { Version } from "#lib/registry/schema.ts";
import { Button, LinkButton, TextLink } from "../../ui/button.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { useDenied } from "../../ui/reader.tsx";
import { useApi, useApiMutation } from "../../ui/use-api.ts";
import { AsApi, curl } from "../as-api.tsx";

/** The gate compares the new version's answers with what is served today; only a pass allows the cutover. */
export function GateStep({ version, next }: { version: Version; next: JourneyTenant["nextStep"] }) {
  const denied = useDenied("eval.run");
  const suites = useApi("GET /suites", { query: { tenantId: version.tenantId, limit: 1 } });
  const suite = suites.data?.items[0];
  const makeSuite = useApiMutation("POST /tenants/{tenantId}/suites", { alsoRefresh: ["suites"] });
  const start = useApiMutation("POST /versions/{versionId}/runs", { alsoRefresh: ["runs"] });
  const baselines = useApi("GET /versions/{versionId}/baselines", { params: { versionId: version.id } }).data;
  const baseline = baselines?.unnamed ?? baselines?.recommended ?? null;
  const choice = baselines?.choices.find(({ kind }) => kind === baseline);
  const body = baseline === null ? {} : { baseline };
  const run = async () => {
    if (!suite) await makeSuite.runAsync({ params: { tenantId: version.tenantId }, body: { name: "Tool calling" } });
    start.run({ params: { versionId: version.id }, body });
  };
  const problem = makeSuite.problem ?? start.problem;
  return (
    <>
      <p className="text-md text-fg-2">
        {suite
          ? `Suite ${suite.name}: ${suite.caseCount} prompts, greedy and sampled.`
          : "First, 200 tool-calling prompts are generated for this tenant, then run greedy and sampled."}
      </p>
      {choice && (
        <p className="text-sm text-fg-2">
          Compared with {choice.name}. {choice.proves}{" "}
          <TextLink href={`/adapters/${version.adapterId}/versions/${version.id}/gate`}>
            Choose another baseline
          </TextLink>
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        {next.state !== "busy" && (
          <Button
            variant="primary"
            disabledReason={denied ?? (suites.data ? null : "Loading the suites.")}
            pending={makeSuite.isPending || start.isPending}
            onClick={() => void run().catch(() => {})} // the mutation shows its own problem below
          >
            {next.state === "blocked" ? "Run gate again" : "Run gate"}
          </Button>
        )}
        {next.action?.kind === "see_run" && <LinkButton href={next.action.href}>{next.action.label}</LinkButton>}
      </div>
      {problem && <ErrorState problem={problem} size="inline" />}
      <AsApi commands={(base) => [curl(`${base}/versions/${version.id}/runs`, body)]} />
    </>
  );
}
