"use client";

import { useState } from "react";
import type { ImportDetail, ImportRow } from "#lib/registry/browser/import-schema.ts";
import { ErrorState } from "../../ui/error-state.tsx";
import { FileDrop } from "../../ui/file-drop.tsx";
import type { DroppedFile } from "../../ui/read-drop.ts";
import { heldFiles } from "./dropped-folders.ts";
import type { useSendFolders } from "./use-send-folders.ts";

/** The page lost the files it was given, as a reload does, or some were mended: they are dropped again. */
export function DropAgain({
  detail,
  rows,
  folders,
  denied,
  isPoolKnown,
}: {
  detail: ImportDetail;
  rows: readonly ImportRow[];
  folders: ReturnType<typeof useSendFolders>;
  denied: string | undefined;
  /** The pool they are checked against is known. */
  isPoolKnown: boolean;
}) {
  const [isReading, setReading] = useState(false);
  const waiting = rows.filter(({ state }) => state === "valid" || state === "failed");
  const missing = waiting.filter(({ location }) => heldFiles(detail.id, location) === null);
  const broken = detail.counts.invalid;
  const take = async (files: readonly DroppedFile[]) => {
    setReading(true);
    await folders.take(files).finally(() => setReading(false));
  };
  return (
    <div className="flex flex-col gap-3">
      {folders.problems.map(({ row, problem }) => (
        <ErrorState key={row} problem={{ ...problem, title: `${row}: ${problem.title}` }} size="inline" />
      ))}
      {(missing.length > 0 || broken > 0) && folders.sending === null && (
        <FileDrop
          label={missing.length > 0 ? "Drop the folders again" : "Drop fixed folders"}
          hint={
            missing.length > 0
              ? `This page holds no files of ${missing.length} ready ${missing.length === 1 ? "row" : "rows"}. Files already uploaded are kept.`
              : "They are checked again and matched to their rows by name."
          }
          keepsNames
          pending={isReading}
          disabledReason={denied ?? (isPoolKnown ? null : "Loading the pool.")}
          onFiles={(files) => void take(files)}
        />
      )}
      {folders.unknown.length > 0 && (
        <p role="status" className="text-sm text-warn">
          Skipped because they are not part of this import: {folders.unknown.slice(0, 5).join(", ")}
          {folders.unknown.length > 5 && ` and ${folders.unknown.length - 5} more`}.
        </p>
      )}
    </div>
  );
}
