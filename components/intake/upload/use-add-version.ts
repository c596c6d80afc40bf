"use client";

import { useQueryClient } from "@tanstack/react-query";
import { type RefObject, useEffect, useRef, useState } from "react";
import { resourceKey } from "#components/ui/query-key.ts";
import { api } from "#lib/api/client.ts";
import type { Problem } from "#lib/http/schema.ts";
import type { Pool } from "#lib/pools/schema.ts";
import type { FolderCheck } from "#lib/registry/browser/check-folder.ts";
import type { Version } from "#lib/registry/schema.ts";
import type { DroppedFile } from "../../ui/read-drop.ts";
import { problemOf } from "../../ui/use-api.ts";
import { sizeMismatches } from "./match-files.ts";
import type { UploadProgress } from "./upload-version.ts";

/** What was dropped, and what the browser's checks say of it. `isOther`: not the folder the draft began with. */
export type Dropped = { files: readonly DroppedFile[]; check: FolderCheck; isOther: boolean };

/** idle: nothing runs. paused: bytes are at the server and more can follow. checking: all arrived, the server checks. */
export type Sending =
  | { phase: "idle" }
  | { phase: "running" | "paused"; progress: UploadProgress | null }
  | { phase: "checking"; wasStored: boolean };

type AddVersion = {
  adapterId: string;
  /** Undefined while it is being read. */
  pool: Pool | undefined;
  /** A draft that waits for files; null = the next sending opens one. */
  draft: Version | null;
  onDraft: (version: Version) => void;
  /** The checks have run: the version is ready or rejected. */
  onDone: (version: Version) => void;
};

const readerOf = ({ path, file }: DroppedFile) => ({
  path,
  sizeBytes: file.size,
  read: async (begin: number, end: number) => new Uint8Array(await file.slice(begin, end).arrayBuffer()),
});

/** The checks are heavy, and nobody needs them before there is a folder. */
async function checkDropped(files: readonly DroppedFile[], pool: Pool): Promise<FolderCheck> {
  const { checkFolder } = await import("#lib/registry/browser/check-folder.ts");
  return checkFolder(files.map(readerOf), pool);
}

/** The files that the checks would store, not the rest of the folder. */
const wantedOf = ({ files, check: { stored } }: Dropped): DroppedFile[] =>
  files.filter(({ path }) => stored.some((entry) => entry.path === path));

/** A pause, not a failure. */
const PAUSED = new DOMException("paused", "AbortError");

/**
 * One version's way from a folder to its report: checks here, a draft, its bytes, checks there. Everything that must
 * survive is in the catalog; this only holds what the browser has in its hands.
 */
export function useAddVersion({ adapterId, pool, draft, onDraft, onDone }: AddVersion) {
  const client = useQueryClient();
  const [dropped, setDropped] = useState<Dropped | null>(null);
  const [sending, setSending] = useState<Sending>({ phase: "idle" });
  const [problem, setProblem] = useState<Problem | null>(null);
  const running = useRef<AbortController | null>(null);
  usePauseOnLeave(running, sending.phase === "running");

  const take = async (files: readonly DroppedFile[]) => {
    if (!pool) return;
    setProblem(null);
    try {
      const check = await checkDropped(files, pool);
      setDropped({ files, check, isOther: draft !== null && sizeMismatches(draft, files).length > 0 });
    } catch (error) {
      setProblem(problemOf(error)); // a file went away, or may not be read
    }
  };

  /** @param into null = into a new draft */
  const send = async (into: Version | null) => {
    if (!dropped) return;
    const files = wantedOf(dropped);
    const controller = new AbortController();
    const { signal } = controller;
    running.current = controller;
    setProblem(null);
    setSending({ phase: "running", progress: null });
    const onProgress = (progress: UploadProgress) => setSending({ phase: "running", progress });
    try {
      const version = into ?? (await openDraft(adapterId, files, onProgress, signal));
      if (into === null) onDraft(version);
      const wasStored = into === null && version.files.every(({ sha256 }) => sha256 !== null);
      const { uploadVersion } = await import("./upload-version.ts");
      if (!wasStored) await uploadVersion({ version, files, onProgress, signal });
      setSending({ phase: "checking", wasStored });
      const done = await api.call("POST /versions/{versionId}/complete", { params: { versionId: version.id } });
      await client.invalidateQueries();
      onDone(done);
      clear();
    } catch (error) {
      if (signal.aborted) return;
      setProblem(problemOf(error));
      setSending({ phase: "idle" });
      await client.invalidateQueries({ queryKey: resourceKey("versions") });
    }
  };

  const pause = () => {
    running.current?.abort(PAUSED);
    setSending((now) => ({ phase: "paused", progress: "progress" in now ? now.progress : null }));
    void client.invalidateQueries({ queryKey: resourceKey("versions") });
  };
  const clear = () => {
    setDropped(null);
    setProblem(null);
    setSending({ phase: "idle" });
  };
  return { dropped, sending, problem, take, send, pause, clear };
}

/** The manifest with every digest: what arrives must have it, and what is stored already need not be sent. */
async function openDraft(
  adapterId: string,
  files: readonly DroppedFile[],
  onProgress: (progress: UploadProgress) => void,
  signal: AbortSignal,
): Promise<Version> {
  const { hashFiles } = await import("./hash-files.ts");
  const totalBytes = files.reduce((sum, { file }) => sum + file.size, 0);
  const quiet = { file: null, bytesPerSecond: null, secondsLeft: null, retryAt: null };
  const digests = await hashFiles(files, {
    signal,
    onProgress: (sentBytes) =>
      onProgress({ state: "reading", sentBytes, totalBytes, share: sentBytes / totalBytes, ...quiet }),
  });
  return api.call("POST /adapters/{adapterId}/versions", {
    params: { adapterId },
    body: { files: files.map(({ path, file }) => ({ path, sizeBytes: file.size, sha256: digests.get(path) })) },
    signal,
  });
}

/** Leaving pauses, since what arrived is kept; the browser asks before the page goes while bytes are on their way. */
function usePauseOnLeave(running: RefObject<AbortController | null>, isSending: boolean): void {
  useEffect(() => () => running.current?.abort(PAUSED), [running]);
  useEffect(() => {
    if (!isSending) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [isSending]);
}
