"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { FileDrop } from "#components/ui/file-drop.tsx";
import { FindingList } from "#components/ui/findings/finding-list.tsx";
import type { DroppedFile } from "#components/ui/read-drop.ts";
import { problemOf } from "#components/ui/use-api.ts";
import type { Problem } from "#lib/http/schema.ts";
import type { ContractDocument } from "#lib/registry/browser/contract-schema.ts";
import type { Finding } from "#lib/registry/schema.ts";

const readerOf = ({ path, file }: DroppedFile) => ({
  path,
  sizeBytes: file.size,
  read: async (begin: number, end: number) => new Uint8Array(await file.slice(begin, end).arrayBuffer()),
});

/** The checks' code comes only when a folder does. */
async function findingsOf(files: readonly DroppedFile[], contract: ContractDocument): Promise<Finding[]> {
  const { checkFolder } = await import("#lib/registry/browser/check-folder.ts");
  const { findings } = await checkFolder(files.map(readerOf), { ...contract, maxLoraRank: contract.rank });
  return findings;
}

/** Holds a folder against the contract, in the browser: nothing is sent. */
export function ContractCheck({ contract }: { contract: ContractDocument }) {
  const [findings, setFindings] = useState<Finding[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isPending, setPending] = useState(false);
  const check = async (files: readonly DroppedFile[]) => {
    setPending(true);
    setProblem(null);
    try {
      setFindings(await findingsOf(files, contract));
    } catch (error) {
      setFindings(null);
      setProblem(problemOf(error)); // a file went away, or may not be read
    } finally {
      setPending(false);
    }
  };
  return (
    <div className="flex flex-col gap-3">
      <FileDrop
        label="Drop an adapter folder"
        hint="This browser reads it; nothing is uploaded. Config, names, ranks and shapes are checked; every weight and the tokenizer's checksum are read at upload, or by check-adapter."
        pending={isPending}
        onFiles={(files) => void check(files)}
      />
      {problem && <ErrorState problem={problem} size="inline" />}
      {findings && (
        <>
          <FindingList findings={findings} fileName={`check-${contract.pool.slug}`} />
          <Button size="sm" className="self-start" onClick={() => setFindings(null)}>
            Clear report
          </Button>
        </>
      )}
    </div>
  );
}
