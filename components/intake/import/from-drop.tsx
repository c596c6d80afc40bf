"use client";

import { useState } from "react";
import type { Pool } from "#lib/pools/schema.ts";
import { ErrorState } from "../../ui/error-state.tsx";
import { FileDrop } from "../../ui/file-drop.tsx";
import type { DroppedFile } from "../../ui/read-drop.ts";
import { useApiMutation } from "../../ui/use-api.ts";
import { foldersOf, holdFolders } from "./dropped-folders.ts";
import { scanFolders } from "./scan-folders.ts";

const NO_FOLDERS = "It contains no folder. Drop a folder that holds one folder for each tenant.";
const UNREADABLE = "The browser could not read a file. Close any program that uses it, then drop the folders again.";

type FromDropProps = {
  pool: Pool;
  adapterName: string;
  denied: string | undefined;
  /** Continues on the page of the new draft. */
  onMade: (importId: string) => void;
};

/** Folders from one's own machine: checked here, sent only when the import is run. */
export function FromDrop({ pool, adapterName, denied, onMade }: FromDropProps) {
  const [scanned, setScanned] = useState<{ count: number; of: number } | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const create = useApiMutation("POST /imports");
  const take = async (files: readonly DroppedFile[]) => {
    const found = foldersOf(files);
    setFailure(found.length === 0 ? NO_FOLDERS : null);
    if (found.length === 0) return;
    const rows = await scanFolders(found, pool, (count) => setScanned({ count, of: found.length })).catch(() => null);
    setScanned(null);
    if (rows === null) return setFailure(UNREADABLE);
    create.run(
      { body: { kind: "browser", poolId: pool.id, adapterName, rows } },
      {
        onSuccess: ({ id }) => {
          holdFolders(id, found);
          onMade(id);
        },
      },
    );
  };
  return (
    <div className="flex flex-col gap-3">
      <FileDrop
        label="Drop a folder of folders"
        hint="One folder for each tenant, named <tenant> or <tenant>--<adapter>. They are checked in this browser; nothing is uploaded yet."
        keepsNames
        pending={scanned !== null || create.isPending}
        disabledReason={denied}
        onFiles={(files) => void take(files)}
      />
      {scanned && (
        <p role="status" className="text-sm text-fg-2">
          Checked {scanned.count} of {scanned.of} folders
        </p>
      )}
      {failure && (
        <p role="alert" className="text-sm text-bad">
          {failure}
        </p>
      )}
      {create.problem && <ErrorState problem={create.problem} size="inline" />}
    </div>
  );
}
