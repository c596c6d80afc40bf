"use client";

import { useRouter } from "next/navigation";
import { lazy, useState } from "react";
import { AT_ONCE } from "#lib/cutover/browser/canary-defaults.ts";
import type { Gate } from "#lib/evals/browser/gate-schema.ts";
import type { Version } from "#lib/registry/schema.ts";
import { Button } from "../ui/button.tsx";
import { ConfirmConsequences, type Consequences } from "../ui/confirm-consequences.tsx";
import { versionTitle } from "../ui/object-title.ts";
import { OnceOpened } from "../ui/once-opened.tsx";
import { useDenied, useReader } from "../ui/reader.tsx";
import { Segments } from "../ui/segments.tsx";
import { Pending } from "../ui/skeleton.tsx";
import { Status } from "../ui/status.tsx";
import { useApi, useApiMutation } from "../ui/use-api.ts";
import { type Before, undoOfStart } from "./way-back.ts";

const OverrideDialog = lazy(() =>
  import("./override-dialog.tsx").then((module) => ({ default: module.OverrideDialog })),
);

/** Starts the cutover to a version: behind a pass of exactly that version, or an override with a reason. */
export function StartCutover({ versionId }: { versionId: string }) {
  const version = useApi("GET /versions/{versionId}", { params: { versionId } }).data;
  const read = useApi("GET /versions/{versionId}/gate", { params: { versionId } }, { refreshMs: 3000 });
  const gate = read.data;
  if (read.isPending) return <Pending />;
  if (!version || version.aliases.includes("live") || version.state !== "ready") return null;
  return <Loaded version={version} gate={gate} />;
}

type Standing = keyof typeof WORDS;

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
  const begin = () => start.run({ params: { adapterId }, body: { toVersionId: version.id, ...planOf(pace) } });
  const blocked = denied ?? BLOCKED[standing];
  return (
    <div className="flex flex-wrap items-center gap-3 rounded-card border px-4 py-3">
      <Status of="verdict" is={standing === "none" ? "not_run" : standing} />
      <p className="me-auto text-md text-fg-2">
        {WORDS[standing]} {gate?.expired.join(" ")}
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
        onConfirm={begin}
        consequences={consequencesOf(version, live, pace)}
      >
        {live !== "nothing" && <PaceChoice pace={pace} onChange={setPace} />}
      </ConfirmConsequences>
      <OnceOpened open={isOverriding}>
        {isOverriding && (
          <OverrideDialog
            version={version}
            plan={planOf(pace)}
            onSend={(body) => start.runAsync({ params: { adapterId }, body })}
            mayAdopt={live !== "version" && standing === "none"}
            onClose={() => setOverriding(false)}
          >
            {live !== "nothing" && <PaceChoice pace={pace} onChange={setPace} />}
          </OverrideDialog>
        )}
      </OnceOpened>
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

const WORDS = {
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
