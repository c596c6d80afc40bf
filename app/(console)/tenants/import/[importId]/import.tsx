"use client";

import { lazy, useState } from "react";
import { ImportPage } from "#components/intake/import/import-page.tsx";
import { Button } from "#components/ui/button.tsx";
import { OnceOpened } from "#components/ui/once-opened.tsx";
import { useDenied } from "#components/ui/reader.tsx";

const BulkDialog = lazy(() =>
  import("#components/bulk/bulk-dialog.tsx").then((module) => ({ default: module.BulkDialog })),
);

/** An import with the bulk dialog behind its last button: neither knows the other. */
export function ImportAndStage({ importId }: { importId: string }) {
  return (
    <ImportPage
      importId={importId}
      stage={(versionIds, isNext) => <StageButton versionIds={versionIds} isNext={isNext} />}
    />
  );
}

function StageButton({ versionIds, isNext }: { versionIds: readonly string[]; isNext: boolean }) {
  const [isOpen, setOpen] = useState(false);
  const denied = useDenied("placement.write");
  return (
    <>
      <Button variant={isNext ? "primary" : "secondary"} disabledReason={denied} onClick={() => setOpen(true)}>
        Stage {versionIds.length}
      </Button>
      <OnceOpened open={isOpen}>
        <BulkDialog
          kind="stage"
          choice={{ versionIds: [...versionIds] }}
          open={isOpen}
          onOpenChange={setOpen}
          onStarted={() => setOpen(false)}
        />
      </OnceOpened>
    </>
  );
}
