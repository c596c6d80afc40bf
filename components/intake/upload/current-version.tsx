"use client";

import type { Version } from "#lib/registry/schema.ts";
import { Button } from "../../ui/button.tsx";
import { Notice } from "../../ui/card.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { FindingList } from "../../ui/findings/finding-list.tsx";
import { formatBytes, quantityText } from "../../ui/format.ts";
import { Time } from "../../ui/time.tsx";
import { useApiMutation } from "../../ui/use-api.ts";
import { ArrivedShare } from "./arrived-share.tsx";
import { missingFiles } from "./match-files.ts";

type CurrentVersionProps = {
  version: Version;
  onStartOver: (() => void) | null;
  onChecked: (version: Version) => void;
};

/** What is there already: a draft with a part of its bytes, or a refused version with what was wrong. */
export function CurrentVersion({ version, onStartOver, onChecked }: CurrentVersionProps) {
  if (version.state === "draft") return <Draft version={version} onStartOver={onStartOver} onChecked={onChecked} />;
  if (version.state !== "rejected") return null;
  const errors = version.checkReport?.findings.filter(({ severity }) => severity === "error") ?? [];
  return (
    <section aria-label={`What was wrong with v${version.number}`} className="flex flex-col gap-2">
      <Notice tone="bad">
        v{version.number} was refused for {errors.length === 1 ? "one reason" : `${errors.length} reasons`}. Fix the
        training setup, export again, and drop the new folder.
      </Notice>
      <FindingList findings={errors} fileName={`${version.adapterSlug}-v${version.number}-refused`} />
    </section>
  );
}

function Draft({ version, onStartOver, onChecked }: CurrentVersionProps) {
  const missing = missingFiles(version);
  const complete = useApiMutation("POST /versions/{versionId}/complete", {
    alsoRefresh: ["adapters"],
    onDone: onChecked,
  });
  const left = missing.reduce((sum, { sizeBytes, receivedBytes }) => sum + sizeBytes - receivedBytes, 0);
  return (
    <section aria-label={`Draft v${version.number}`} className="flex flex-col gap-2 rounded-card border px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <p className="font-medium">v{version.number}</p>
        <ArrivedShare version={version} />
        <div className="ms-auto flex gap-2">
          {missing.length === 0 && (
            <Button
              variant="primary"
              pending={complete.isPending}
              onClick={() => complete.run({ params: { versionId: version.id } })}
            >
              Run checks
            </Button>
          )}
          {onStartOver && <Button onClick={onStartOver}>Start over</Button>}
        </div>
      </div>
      <p className="text-sm text-fg-2">
        {missing.length === 0
          ? "All files are uploaded. The checks have not run yet."
          : `${quantityText(formatBytes(left))} of ${missing.map(({ path }) => path).join(", ")} to go.`}{" "}
        {version.expiresAt && (
          <>
            Uploaded files are kept until <Time at={version.expiresAt} as="absolute" />.
          </>
        )}
      </p>
      {complete.problem && <ErrorState problem={complete.problem} size="inline" />}
    </section>
  );
}
