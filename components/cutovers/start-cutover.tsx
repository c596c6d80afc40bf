"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import type { Version } from "#lib/registry/schema.ts";
import { Button } from "../ui/button.tsx";
import { ConfirmConsequences } from "../ui/confirm-consequences.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { Field } from "../ui/field.tsx";
import { fieldError } from "../ui/field-error.ts";
import { Textarea } from "../ui/input.tsx";
import { useDenied, useReader } from "../ui/reader.tsx";
import { Status } from "../ui/status.tsx";
import { useApi, useApiMutation } from "../ui/use-api.ts";

/** Starts the cutover to a version: behind a pass of exactly that version, or an override with a reason. */
export function StartCutover({ versionId }: { versionId: string }) {
  const version = useApi("GET /versions/{versionId}", { params: { versionId } }).data;
  const runs = useApi("GET /runs", { query: { versionId, limit: 20 } }, { refreshMs: 3000 });
  if (!version || version.aliases.includes("live") || version.state !== "ready") return null;
  const judged = runs.data?.items.find((run) => run.verdict !== null);
  return <Loaded version={version} outcome={judged?.verdict?.outcome ?? null} />;
}

function Loaded({ version, outcome }: { version: Version; outcome: "pass" | "fail" | "inconclusive" | null }) {
  const router = useRouter();
  const [isAsking, setAsking] = useState(false);
  const [isOverriding, setOverriding] = useState(false);
  const denied = useDenied("cutover.start");
  const { may } = useReader();
  const { adapterId } = version;
  const isAtOrigin = useIsAtOrigin(adapterId);
  const start = useApiMutation("POST /adapters/{adapterId}/cutovers", {
    alsoRefresh: ["cutovers"],
    onDone: (cutover) => router.push(`/cutovers/${cutover.id}`),
  });
  const begin = (overrideReason?: string) =>
    start.run({ params: { adapterId }, body: { toVersionId: version.id, overrideReason } });
  const blocked = denied ?? (outcome === "pass" ? undefined : BLOCKED[outcome ?? "none"]);
  return (
    <div className="flex flex-wrap items-center gap-3 rounded-card border px-4 py-3">
      <Status of="verdict" is={outcome ?? "not_run"} />
      <p className="me-auto text-md text-fg-2">{SAYS[outcome ?? "none"]}</p>
      {outcome !== "pass" && may.includes("cutover.override") && (
        <Button onClick={() => setOverriding(true)}>Override gate</Button>
      )}
      <Button
        variant={outcome === "pass" ? "primary" : "secondary"}
        disabledReason={blocked}
        onClick={() => setAsking(true)}
      >
        Start cutover
      </Button>
      <ConfirmConsequences
        open={isAsking}
        onOpenChange={setAsking}
        title={`Make ${version.adapterSlug} v${version.number} live?`}
        confirmLabel={`Start cutover to v${version.number}`}
        pending={start.isPending}
        problem={start.problem}
        onConfirm={() => begin()}
        consequences={{
          changes: [
            `v${version.number} is loaded on every node of its pool, then all new requests go to it.`,
            isAtOrigin
              ? "The customer's own endpoint answers until then, and stays the way back until it is switched off."
              : "The version that is live now stays warm for the way back.",
          ],
          tenantCount: 1,
          load: "One load on each node that does not hold it yet",
          undo: "Roll back on the cutover's page, one click",
        }}
      />
      <OverrideDialog
        version={version}
        open={isOverriding}
        onOpenChange={setOverriding}
        pending={start.isPending}
        problem={start.problem}
        onConfirm={begin}
      />
    </div>
  );
}

/** Whether the customer's own endpoint is what answers now. */
function useIsAtOrigin(adapterId: string): boolean {
  const route = useApi("GET /adapters/{adapterId}", { params: { adapterId } }).data?.route;
  return route?.liveVersionId === null && route.originEndpointId !== null && route.originEndedAt === null;
}

const SAYS = {
  none: "No gate of this version has a verdict yet.",
  pass: "This version passed its gate.",
  fail: "This version failed its gate.",
  inconclusive: "The gate could not decide. Run it again, or with more prompts.",
} as const;

const BLOCKED = {
  none: "Run the gate first.",
  pass: undefined,
  fail: "The gate failed: correct the export or the rank, then add a new version.",
  inconclusive: "The gate is inconclusive: run it again.",
} as const;

function OverrideDialog({
  version,
  open,
  onOpenChange,
  pending,
  problem,
  onConfirm,
}: {
  version: Version;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  pending: boolean;
  problem: Parameters<typeof ErrorState>[0]["problem"] | null;
  onConfirm: (reason: string) => void;
}) {
  const [reason, setReason] = useState("");
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={`Make v${version.number} live without a pass?`}
      description="The reason is kept in the audit trail and shown on the cutover."
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button variant="danger" pending={pending} onClick={() => onConfirm(reason)}>
            Override gate
          </Button>
        </>
      }
    >
      <Field label="Reason" hint="At least 10 characters." error={fieldError(problem, "overrideReason")}>
        {(control) => <Textarea {...control} value={reason} onChange={(event) => setReason(event.target.value)} />}
      </Field>
      {problem && problem.errors.length === 0 && <ErrorState problem={problem} size="inline" />}
    </Dialog>
  );
}
