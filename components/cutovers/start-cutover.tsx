"use client";

import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import { AT_ONCE } from "#lib/cutover/browser/canary-defaults.ts";
import type { Gate } from "#lib/evals/browser/gate-schema.ts";
import type { Problem } from "#lib/http/schema.ts";
import type { Version } from "#lib/registry/schema.ts";
import { Button } from "../ui/button.tsx";
import { ConfirmConsequences, type Consequences } from "../ui/confirm-consequences.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { fieldError } from "../ui/field-error.ts";
import { FormProblem } from "../ui/form-problem.tsx";
import { Textarea } from "../ui/input.tsx";
import { versionTitle } from "../ui/object-title.ts";
import { useDenied, useReader } from "../ui/reader.tsx";
import { Segments } from "../ui/segments.tsx";
import { Pending } from "../ui/skeleton.tsx";
import { Status } from "../ui/status.tsx";
import { TextField } from "../ui/text-field.tsx";
import { Checkbox } from "../ui/toggle.tsx";
import { useApi, useApiMutation } from "../ui/use-api.ts";
import { type Before, undoOfStart } from "./way-back.ts";

/** Starts the cutover to a version: behind a pass of exactly that version, or an override with a reason. */
export function StartCutover({ versionId }: { versionId: string }) {
  const version = useApi("GET /versions/{versionId}", { params: { versionId } }).data;
  const read = useApi("GET /versions/{versionId}/gate", { params: { versionId } }, { refreshMs: 3000 });
  const gate = read.data;
  if (read.isPending) return <Pending />;
  if (!version || version.aliases.includes("live") || version.state !== "ready") return null;
  return <Loaded version={version} gate={gate} />;
}

type Override = { overrideReason?: string; confirmTenant?: string; adopted?: boolean };

type Standing = keyof typeof SAYS;

/** What the gate says today; a pass that no longer stands is none. */
const standingOf = (gate: Gate | undefined): Standing =>
  gate?.outcome === "pass" && gate.expired.length > 0 ? "expired" : (gate?.outcome ?? "none");

function Loaded({ version, gate }: { version: Version; gate: Gate | undefined }) {
  const standing = standingOf(gate);
  const router = useRouter();
  const [isAsking, setAsking] = useState(false);
  const [isOverriding, setOverriding] = useState(false);
  const denied = useDenied("cutover.start");
  const { may } = useReader();
  const { adapterId } = version;
  const live = useLive(adapterId);
  const [pace, setPace] = useState<Pace>("steps");
  const start = useApiMutation("POST /adapters/{adapterId}/cutovers", {
    alsoRefresh: ["cutovers"],
    onDone: (cutover) => router.push(`/cutovers/${cutover.id}`),
  });
  const begin = (override: Override = {}) =>
    start.run({ params: { adapterId }, body: { toVersionId: version.id, ...override, ...planOf(pace) } });
  const blocked = denied ?? BLOCKED[standing];
  return (
    <div className="flex flex-wrap items-center gap-3 rounded-card border px-4 py-3">
      <Status of="verdict" is={standing === "none" ? "not_run" : standing} />
      <p className="me-auto text-md text-fg-2">
        {SAYS[standing]} {gate?.expired.join(" ")}
      </p>
      {standing !== "pass" && may.includes("cutover.override") && (
        <Button onClick={() => setOverriding(true)}>Override gate</Button>
      )}
      <Button
        variant={standing === "pass" ? "primary" : "secondary"}
        disabledReason={blocked}
        onClick={() => setAsking(true)}
      >
        Start cutover
      </Button>
      <ConfirmConsequences
        open={isAsking}
        onOpenChange={setAsking}
        title={`Make ${versionTitle(version)} live?`}
        confirmLabel={`Start cutover to v${version.number}`}
        pending={start.isPending}
        problem={start.problem}
        onConfirm={() => begin()}
        consequences={consequencesOf(version, live, pace)}
      >
        {live !== "nothing" && <PaceChoice pace={pace} onChange={setPace} />}
      </ConfirmConsequences>
      <OverrideDialog
        version={version}
        open={isOverriding}
        onOpenChange={setOverriding}
        pending={start.isPending}
        problem={start.problem}
        onConfirm={begin}
        mayAdopt={live !== "version" && standing === "none"}
      >
        {live !== "nothing" && <PaceChoice pace={pace} onChange={setPace} />}
      </OverrideDialog>
    </div>
  );
}

/** What answers now; a version until that is known. */
function useLive(adapterId: string): Before {
  const route = useApi("GET /adapters/{adapterId}", { params: { adapterId } }).data?.route;
  if (route === undefined || route.liveVersionId !== null) return "version";
  return route.originEndpointId !== null && route.originEndedAt === null ? "origin" : "nothing";
}

/** Under its guard step by step, or with one pointer change. */
type Pace = "steps" | "once";
const planOf = (pace: Pace) => (pace === "once" ? { plan: AT_ONCE } : {});

function consequencesOf({ number, rollback }: Version, live: Before, pace: Pace): Consequences {
  const steps =
    pace === "steps" && live !== "nothing"
      ? [
          "The guard watches shadow, canary and soak, and rolls back automatically on a regression.",
          "With too little traffic for a canary, it goes from shadow to full with a soak.",
        ]
      : [];
  const before =
    live === "origin"
      ? ["The customer's own endpoint answers until then. You can roll back to it until it is switched off."]
      : live === "version"
        ? ["The current live version stays loaded for a rollback."]
        : ["No version is live yet, so there is nothing to compare with."];
  return {
    changes: [
      ...(rollback ? ["It was rolled back before. Its page shows the reason."] : []),
      `v${number} is loaded on every node of its pool, ${steps.length > 0 ? "then requests go to it step by step." : "then all new requests go to it."}`,
      ...steps,
      ...before,
    ],
    tenantCount: 1,
    load: "One load on each node that does not have it yet",
    undo: undoOfStart(live),
  };
}

function PaceChoice({ pace, onChange }: { pace: Pace; onChange: (pace: Pace) => void }) {
  return (
    <Segments
      label="Cutover steps"
      options={[
        { key: "steps", label: "Step by step" },
        { key: "once", label: "All at once" },
      ]}
      value={pace}
      onChange={onChange}
    />
  );
}

const SAYS = {
  none: "No gate of this version has a verdict yet.",
  pass: "This version passed its gate.",
  expired: "This version passed its gate, but the pass has expired.",
  fail: "This version failed its gate.",
  inconclusive: "The gate is inconclusive. Run it again, or with more prompts.",
} as const;

const BLOCKED = {
  none: "Run the gate first.",
  pass: undefined,
  expired: "The pass has expired: run the gate again.",
  fail: "The gate failed: correct the export or the rank, then add a new version.",
  inconclusive: "The gate is inconclusive: run it again.",
} as const;

const overrideOf = (overrideReason: string, confirmTenant: string, adopts: boolean): Override => ({
  overrideReason,
  ...(confirmTenant === "" ? {} : { confirmTenant }),
  ...(adopts ? { adopted: true } : {}),
});

type OverrideDialogProps = {
  version: Version;
  children: ReactNode;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  pending: boolean;
  problem: Problem | null;
  onConfirm: (override: Override) => void;
  /** Nothing is live and no gate was judged: it may have served its customer elsewhere. */
  mayAdopt: boolean;
};

/** Asks for the reason to go live without a pass, and whether the version served its customer elsewhere before. */
function OverrideDialog({
  version,
  open,
  onOpenChange,
  pending,
  problem,
  onConfirm,
  mayAdopt,
  children,
}: OverrideDialogProps) {
  const [adopts, setAdopts] = useState(false);
  const [reason, setReason] = useState("");
  const [tenant, setTenant] = useState("");
  // only asked of somebody who started the run and is the only one who could
  const unconfirmed = fieldError(problem, "confirmTenant");
  const confirm = () => onConfirm(overrideOf(reason, tenant, mayAdopt && adopts));
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={`Make ${versionTitle(version)} live without a pass?`}
      description="The reason is kept in the audit trail and shown on the cutover."
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button variant="danger" pending={pending} onClick={confirm}>
            Override gate
          </Button>
        </>
      }
    >
      {children}
      {mayAdopt && (
        <Checkbox
          label="It already serves this customer from another deployment"
          hint="Shown as Adopted instead of Overridden."
          checked={adopts}
          onChange={(event) => setAdopts(event.target.checked)}
        />
      )}
      <Field label="Reason" hint="At least 10 characters." error={fieldError(problem, "overrideReason")}>
        {(control) => <Textarea {...control} value={reason} onChange={(event) => setReason(event.target.value)} />}
      </Field>
      {(unconfirmed !== null || tenant !== "") && (
        <TextField
          label="Tenant"
          hint={`Type ${version.tenantSlug}: you are overriding a run that you started.`}
          error={unconfirmed}
          value={tenant}
          onChange={setTenant}
        />
      )}
      <FormProblem problem={problem} fields={["confirmTenant", "overrideReason"]} />
    </Dialog>
  );
}
