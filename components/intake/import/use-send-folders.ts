"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { resourceKey } from "#components/ui/query-key.ts";
import { api } from "#lib/api/client.ts";
import type { Problem } from "#lib/http/schema.ts";
import type { Pool } from "#lib/pools/schema.ts";
import type { ImportRow } from "#lib/registry/browser/import-schema.ts";
import type { DroppedFile } from "../../ui/read-drop.ts";
import { problemOf } from "../../ui/use-api.ts";
import { foldersOf, heldFiles, holdFolders } from "./dropped-folders.ts";
import { scanFolder } from "./scan-folders.ts";
import type { EditRow } from "./use-edit-row.ts";

/** Rows that are sent at the same time. */
const AT_ONCE = 2;
const LEFT = new DOMException("left the page", "AbortError");

export type Sending = { done: number; of: number; share: number };

const isRunnable = ({ state }: ImportRow): boolean => state === "valid" || state === "failed";

/** Brings in what was dropped into this page: row by row a draft, its bytes, the server's checks. */
export function useSendFolders(importId: string, pool: Pool | undefined, onEdit: EditRow) {
  const client = useQueryClient();
  const [sending, setSending] = useState<Sending | null>(null);
  const [problems, setProblems] = useState<readonly { row: string; problem: Problem }[]>([]);
  const [unknown, setUnknown] = useState<readonly string[]>([]);
  const [, setHeld] = useState(0); // what is held lies outside React
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(LEFT), []);

  const reportProblem = (error: unknown, row = "The import") => {
    const problem = problemOf(error);
    if (problem) setProblems((before) => [...before, { row, problem }]);
  };

  /** Folders that are dropped again go to their rows; what differs from before is scanned again. */
  const take = async (files: readonly DroppedFile[]) => {
    if (!pool) throw new Error("nothing can be dropped before the pool is read");
    setProblems([]);
    const folders = foldersOf(files);
    const rows = await readRows(importId).catch(reportProblem);
    if (!rows) return;
    setUnknown(
      folders.filter(({ folder }) => !rows.some(({ location }) => location === folder)).map(({ folder }) => folder),
    );
    for (const each of folders) {
      const row = rows.find(({ location, state }) => location === each.folder && state !== "imported");
      if (!row) continue;
      try {
        const { folder: _folder, ...scan } = await scanFolder(each, pool);
        await onEdit(row, { look: scan });
        holdFolders(importId, [each]);
      } catch (error) {
        reportProblem(error, row.tenantSlug); // a file went away, or may not be read
      }
    }
    setHeld((count) => count + 1);
  };

  const send = async () => {
    setProblems([]);
    const rows = await readRows(importId).catch(reportProblem);
    if (!rows) return;
    const controller = new AbortController();
    running.current = controller;
    await sendRows(importId, rows, {
      signal: controller.signal,
      onProgress: setSending,
      onProblem: (row, problem) => setProblems((before) => [...before, { row, problem }]),
      onRowEnd: () => client.invalidateQueries({ queryKey: resourceKey("imports") }),
    });
    if (controller.signal.aborted) return;
    setSending(null);
    await client.invalidateQueries();
  };

  return { sending, problems, unknown, take, send };
}

/** Every row: the page may show a part of them only. */
async function readRows(importId: string): Promise<ImportRow[]> {
  const rows: ImportRow[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: 200, ...(cursor ? { cursor } : {}) };
    const page = await api.call("GET /imports/{importId}/rows", { params: { importId }, query });
    rows.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  return rows;
}

type SendHooks = {
  signal: AbortSignal;
  onProgress: (sending: Sending) => void;
  onProblem: (row: string, problem: Problem) => void;
  onRowEnd: () => Promise<void>;
};

/** Sends every ready row whose files are at hand; one that fails is reported and leaves the others be. */
async function sendRows(importId: string, rows: readonly ImportRow[], hooks: SendHooks): Promise<void> {
  const { signal, onProgress, onProblem, onRowEnd } = hooks;
  const queue = rows.filter((row) => isRunnable(row) && heldFiles(importId, row.location) !== null);
  const of = queue.length;
  const shares = new Map<string, number>();
  let done = 0;
  const report = () => onProgress({ done, of, share: (done + [...shares.values()].reduce((a, b) => a + b, 0)) / of });
  const lane = async () => {
    for (let row = queue.shift(); row && !signal.aborted; row = queue.shift()) {
      const { id, tenantSlug } = row;
      await sendRow(importId, row, signal, (share) => {
        shares.set(id, share);
        report();
      }).catch((error: unknown) => {
        const problem = signal.aborted ? null : problemOf(error);
        if (problem) onProblem(tenantSlug, problem);
      });
      shares.delete(id);
      done += 1;
      report();
      await onRowEnd();
    }
  };
  report();
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

async function sendRow(
  importId: string,
  row: ImportRow,
  signal: AbortSignal,
  onShare: (share: number) => void,
): Promise<void> {
  const files = heldFiles(importId, row.location) ?? [];
  const params = { importId, rowId: row.id };
  const version = await api.call("POST /imports/{importId}/rows/{rowId}/open", { params, signal });
  if (version.state !== "draft") return; // another sitting finished it
  const wanted = files.filter(({ path }) => version.files.some((file) => file.path === path));
  const { uploadVersion } = await import("../upload/upload-version.ts");
  await uploadVersion({ version, files: wanted, signal, onProgress: ({ share }) => onShare(share) });
  await api.call("POST /versions/{versionId}/complete", { params: { versionId: version.id } });
}
