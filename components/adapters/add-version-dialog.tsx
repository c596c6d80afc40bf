"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { Problem } from "#lib/http/schema.ts";
import { checkFolder, type FolderCheck } from "#lib/registry/browser/check-folder.ts";
import type { Adapter } from "#lib/registry/schema.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { FileDrop } from "../ui/file-drop.tsx";
import { FindingList } from "../ui/findings/finding-list.tsx";
import { formatBytes, quantityText } from "../ui/format.ts";
import type { DroppedFile } from "../ui/read-drop.ts";
import { problemOf, useApi } from "../ui/use-api.ts";
import { type SendProgress, sendVersion } from "./send-version.ts";

type Dropped = { files: readonly DroppedFile[]; check: FolderCheck };

const readerOf = ({ path, file }: DroppedFile) => ({
  path,
  sizeBytes: file.size,
  read: async (begin: number, end: number) => new Uint8Array(await file.slice(begin, end).arrayBuffer()),
});

/** What was dropped, what the checks say of it, and how far sending is. */
function useIntake(adapter: Adapter, isOpen: boolean) {
  const router = useRouter();
  const client = useQueryClient();
  const pool = useApi("GET /pools/{poolId}", { params: { poolId: adapter.poolId } }, { enabled: isOpen });
  const [dropped, setDropped] = useState<Dropped | null>(null);
  const [progress, setProgress] = useState<SendProgress | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const check = async (files: readonly DroppedFile[]) => {
    if (!pool.data) return;
    setProblem(null);
    try {
      setDropped({ files, check: await checkFolder(files.map(readerOf), pool.data) });
    } catch (error) {
      setProblem(problemOf(error)); // a file went away, or may not be read
    }
  };
  const send = async ({ files, check: { stored } }: Dropped) => {
    setProblem(null);
    const wanted = files.filter(({ path }) => stored.some((entry) => entry.path === path));
    try {
      const version = await sendVersion(adapter.id, wanted, setProgress);
      await client.invalidateQueries();
      router.push(`/adapters/${adapter.id}/versions/${version.id}`);
    } catch (error) {
      setProblem(problemOf(error));
      setProgress(null);
    }
  };
  const clear = () => {
    setDropped(null);
    setProblem(null);
  };
  return { pool, dropped, progress, problem, check, send, clear };
}

/** Checks a dropped folder before a byte is sent, sends it, and leads to the version's report. */
export function AddVersionDialog({
  adapter,
  open,
  onOpenChange,
}: {
  adapter: Adapter;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const intake = useIntake(adapter, open);
  const { pool, dropped, progress, problem } = intake;
  const change = (next: boolean) => {
    if (progress) return; // sending: closing would leave a half-sent draft behind
    intake.clear();
    onOpenChange(next);
  };
  const refused = dropped?.check.findings.some((finding) => finding.severity === "error") ?? false;
  return (
    <Dialog
      open={open}
      onOpenChange={change}
      size="lg"
      title={`Add version to ${adapter.name}`}
      description={pool.data && `For ${pool.data.baseModel}, rank ${pool.data.maxLoraRank}.`}
      footer={
        <>
          <Button onClick={() => change(false)} disabledReason={progress ? "Wait until it is sent." : null}>
            Cancel
          </Button>
          <Button
            variant="primary"
            pending={progress !== null}
            disabledReason={sendBlock(dropped, refused)}
            onClick={() => dropped && void intake.send(dropped)}
          >
            Add version
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <FileDrop
          label="Drop an adapter folder"
          hint="adapter_config.json and adapter_model.safetensors, with tokenizer files where there are any."
          pending={progress !== null}
          disabledReason={pool.data ? null : "The pool is being read."}
          onFiles={(files) => void intake.check(files)}
        />
        {dropped && <FindingList findings={dropped.check.findings} />}
        {progress && <Progress progress={progress} />}
        {pool.problem && <ErrorState problem={pool.problem} size="inline" />}
        {problem && <ErrorState problem={problem} size="inline" />}
      </div>
    </Dialog>
  );
}

const sendBlock = (dropped: Dropped | null, refused: boolean): string | null => {
  if (dropped === null) return "Drop a folder first.";
  return refused ? "Mend what is marked, then drop the folder again." : null;
};

function Progress({ progress }: { progress: SendProgress }) {
  const { sentBytes, totalBytes, file } = progress;
  const text = `${quantityText(formatBytes(sentBytes))} of ${quantityText(formatBytes(totalBytes))}`;
  return (
    <div className="flex flex-col gap-1 text-sm text-fg-2" role="status">
      <progress className="w-full accent-(--accent)" max={totalBytes} value={sentBytes} aria-label="Sent" />
      {file ? `${text} · sending ${file}` : `${text} · checking on the server`}
    </div>
  );
}
