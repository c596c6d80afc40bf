"use client";

import { LinkButton } from "../../ui/button.tsx";
import { Notice } from "../../ui/card.tsx";
import { draftsCall } from "../../ui/page-calls.ts";
import { useDenied } from "../../ui/reader.tsx";
import { Pending } from "../../ui/skeleton.tsx";
import { useApi } from "../../ui/use-api.ts";
import { addVersionPath } from "./add-version-path.ts";
import { ArrivedShare } from "./arrived-share.tsx";
import { missingFiles } from "./match-files.ts";

const REFRESH_MS = 4000;

/** An adapter's newest draft, wherever the adapter or that draft is shown: how much of it arrived, and the way on. */
export function DraftNotice({ adapterId, versionId }: { adapterId: string; versionId?: string }) {
  const denied = useDenied("version.write");
  const read = useApi(...draftsCall(adapterId), { refreshMs: REFRESH_MS });
  const drafts = read.data?.items;
  const draft = versionId ? drafts?.find(({ id }) => id === versionId) : drafts?.[0];
  if (read.isPending) return <Pending />;
  if (!draft || denied) return null;
  const isWhole = missingFiles(draft).length === 0;
  return (
    <Notice
      tone="warn"
      action={
        <LinkButton href={addVersionPath(adapterId, draft.id)} size="sm">
          {isWhole ? "Open checks" : "Open upload"}
        </LinkButton>
      }
    >
      <span className="flex flex-wrap items-center gap-x-3">
        v{draft.number} is uploading: <ArrivedShare version={draft} />
      </span>
    </Notice>
  );
}
