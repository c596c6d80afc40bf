"use client";

import { useState } from "react";
import { ErrorState } from "../../ui/error-state.tsx";
import { FileDrop } from "../../ui/file-drop.tsx";
import type { DroppedFile } from "../../ui/read-drop.ts";
import { foldersOf, holdFolders } from "./dropped-folders.ts";
import type { StartProps } from "./import-start.tsx";
import { lookAtFolders } from "./look-at-folders.ts";
import { useStart } from "./use-start.ts";

const NO_FOLDERS = "It contains no folder. Drop a folder that holds one folder for each tenant.";
const UNREADABLE = "The browser could not read a file. Close any program that uses it, then drop the folders again.";

/** Folders from one's own machine: checked here, sent only when the import is run. */
export function FromDrop({ pool, adapterName, denied, onMade }: StartProps) {
  const [looked, setLooked] = useState<{ count: number; of: number } | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const { start, isPending, problem } = useStart();
  const take = async (files: readonly DroppedFile[]) => {
    const found = foldersOf(files);
    setFailure(found.length === 0 ? NO_FOLDERS : null);
    if (found.length === 0) return;
    try {
      const rows = await lookAtFolders(found, pool, (count) => setLooked({ count, of: found.length }));
      const made = await start({ kind: "browser", poolId: pool.id, adapterName, rows });
      if (made === null) return;
      holdFolders(made.id, found);
      onMade(made.id);
    } catch {
      setFailure(UNREADABLE);
    } finally {
      setLooked(null);
    }
  };
  return (
    <div className="flex flex-col gap-3">
      <FileDrop
        label="Drop a folder of folders"
        hint="One folder for each tenant, named <tenant> or <tenant>--<adapter>. They are checked in this browser; nothing is uploaded yet."
        keepsNames
        pending={looked !== null || isPending}
        disabledReason={denied ?? null}
        onFiles={(files) => void take(files)}
      />
      {looked && (
        <p role="status" className="text-sm text-fg-2">
          Checked {looked.count} of {looked.of} folders
        </p>
      )}
      {failure && (
        <p role="alert" className="text-sm text-bad">
          {failure}
        </p>
      )}
      {problem && <ErrorState problem={problem} size="inline" />}
    </div>
  );
}
