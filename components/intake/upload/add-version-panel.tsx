"use client";

import type { Pool } from "#lib/pools/schema.ts";
import type { Adapter, Version } from "#lib/registry/schema.ts";
import { Button } from "../../ui/button.tsx";
import { Notice } from "../../ui/card.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { FileDrop } from "../../ui/file-drop.tsx";
import { BASE_NAME_UNKNOWN, BaseNameNotice } from "../../ui/findings/base-name-notice.tsx";
import { FindingList } from "../../ui/findings/finding-list.tsx";
import { formatBytes, quantityText } from "../../ui/format.ts";
import { useApi } from "../../ui/use-api.ts";
import { AsApi, curl } from "../as-api.tsx";
import { CurrentVersion } from "./current-version.tsx";
import { arrivedOf, missingFiles } from "./match-files.ts";
import { UploadBar } from "./upload-bar.tsx";
import { type Dropped, useAddVersion } from "./use-add-version.ts";

type AddVersionPanelProps = {
  adapter: Pick<Adapter, "id" | "poolId">;
  /** What this goes on from: a draft that waits for bytes, or a rejected version to do better than. */
  current: Version | null;
  onDraft: (version: Version) => void;
  onDone: (version: Version) => void;
  /** Leaves the draft where it is and begins with a new one; null where only a new folder does that. */
  onStartOver: (() => void) | null;
};

const HINT = "adapter_config.json and adapter_model.safetensors, with tokenizer files if there are any.";

/** From a folder to a checked version: checks here before a byte is sent, the sending, checks there. */
export function AddVersionPanel({ adapter, current, onDraft, onDone, onStartOver }: AddVersionPanelProps) {
  const pool = useApi("GET /pools/{poolId}", { params: { poolId: adapter.poolId } });
  const draft = current?.state === "draft" ? current : null;
  const intake = useAddVersion({ adapterId: adapter.id, pool: pool.data, draft, onDraft, onDone });
  const { dropped, sending, problem } = intake;
  const isBusy = sending.phase !== "idle"; // also paused: the bar then has the only way on
  return (
    <div className="flex flex-col gap-4">
      {current && !isBusy && <CurrentVersion version={current} onStartOver={onStartOver} onChecked={onDone} />}
      {!isBusy && (
        <FileDrop
          label={
            draft && missingFiles(draft).length > 0 ? "Drop the same folder to continue" : "Drop an adapter folder"
          }
          hint={HINT}
          disabledReason={pool.data ? null : "Loading the pool."}
          onFiles={(files) => void intake.take(files)}
        />
      )}
      {dropped && !isBusy && (
        <DroppedFolder dropped={dropped} draft={draft} pool={pool.data} onSend={intake.send} onClear={intake.clear} />
      )}
      <UploadBar
        sending={sending}
        onPause={intake.pause}
        onResume={() => void intake.send(draft)}
        onClear={intake.clear}
      />
      {problem && <ErrorState problem={problem} size="inline" />}
      {problem?.code === "other_files" && dropped && (
        <Button className="self-start" onClick={() => void intake.send(null)}>
          Start a new version with these files
        </Button>
      )}
      {pool.problem && <ErrorState problem={pool.problem} size="inline" />}
      <AsApi commands={(base) => apiSteps(base, adapter.id)} />
    </div>
  );
}

/** What the browser's checks say, and the button that sends. */
function DroppedFolder({
  dropped,
  draft,
  pool,
  onSend,
  onClear,
}: {
  dropped: Dropped;
  draft: Version | null;
  pool: Pool | undefined;
  onSend: (into: Version | null) => Promise<void>;
  onClear: () => void;
}) {
  const { check, isOther } = dropped;
  const isRefused = check.findings.some(({ severity }) => severity === "error");
  const into = isOther ? null : draft;
  const totalBytes = check.stored.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const { bytes: arrived } = into ? arrivedOf(into) : { bytes: 0 };
  return (
    <>
      {isOther && !isRefused && (
        <Notice tone="warn">
          These files do not match v{draft?.number}. They will be uploaded as a new version; v{draft?.number} is kept
          until it expires.
        </Notice>
      )}
      {pool && check.findings.some(({ code }) => code === BASE_NAME_UNKNOWN) && check.facts && (
        <BaseNameNotice pool={pool} name={check.facts.baseModel} />
      )}
      <FindingList findings={check.findings} fileName="browser-checks" />
      <div className="flex flex-wrap items-center gap-3">
        <Button
          variant="primary"
          disabledReason={isRefused ? "Fix the marked errors, then drop the folder again." : null}
          onClick={() => void onSend(into)}
        >
          {into ? "Resume upload" : "Add version"}
        </Button>
        <Button onClick={onClear}>Choose another folder</Button>
        <p className="text-sm text-fg-2">
          {isRefused ? "Nothing was uploaded." : `${quantityText(formatBytes(totalBytes - arrived))} to send.`}
        </p>
      </div>
    </>
  );
}

const apiSteps = (base: string, adapterId: string): string[] => [
  "# 1. open a draft with its files (and their SHA-256, where you know them)",
  curl(`${base}/adapters/${adapterId}/versions`, {
    files: [
      { path: "adapter_config.json", sizeBytes: 812 },
      { path: "adapter_model.safetensors", sizeBytes: 41_975_808 },
    ],
  }),
  "# 2. send each file; resumable with tus 1.0 at /uploads/<version>/<file>",
  `curl -T adapter_config.json ${base}/versions/$VERSION/files/adapter_config.json -H "authorization: Bearer $SWITCHYARD_KEY"`,
  "# 3. run the checks",
  `curl -X POST ${base}/versions/$VERSION/complete -H "authorization: Bearer $SWITCHYARD_KEY"`,
];
