"use client";

import type { Version } from "#lib/registry/schema.ts";
import { LinkButton } from "../../ui/button.tsx";
import { Notice } from "../../ui/card.tsx";
import { formatBytes, quantityText } from "../../ui/format.ts";
import { RolledBackNotice } from "../../ui/rolled-back-notice.tsx";
import { Time } from "../../ui/time.tsx";
import { useApi } from "../../ui/use-api.ts";

export const addHref = (version: Pick<Version, "adapterId">): string => `/adapters/${version.adapterId}/add`;

/** What must be known of a version before anything else on its pages: why it is not simply ready. */
export function VersionNotice({ version }: { version: Version }) {
  switch (version.state) {
    case "rejected":
      return <Rejected version={version} />;
    case "quarantined":
      return <Quarantined version={version} />;
    case "draft":
      return <Draft version={version} />;
    case "checking":
      return <Notice tone="busy">All files are uploaded. The checks read every byte and take a few seconds.</Notice>;
    case "deleted":
      return (
        <Notice tone="warn">
          This version was deleted: its files are gone, and its name is never used again. {version.stateReason}
        </Notice>
      );
    case "retired":
      return (
        <Notice tone="warn">This version is retired. {version.stateReason} Its files stay until it is deleted.</Notice>
      );
    case "ready":
      return version.status === "rolled_back" && version.rollback ? (
        <RolledBackNotice
          number={version.number}
          rollback={version.rollback}
          action={
            <LinkButton href={addHref(version)} variant="primary">
              Add version
            </LinkButton>
          }
        />
      ) : null;
  }
}

function Rejected({ version }: { version: Version }) {
  const errors = version.checkReport?.findings.filter(({ severity }) => severity === "error").length ?? 0;
  const reasons = errors === 1 ? "1 reason" : `${errors} reasons`;
  return (
    <Notice
      tone="bad"
      action={
        <LinkButton href={`${addHref(version)}?version=${version.id}`} variant="primary">
          Fix and re-check
        </LinkButton>
      }
    >
      Refused for {reasons}, so no node loads it. Each finding below says what to change. Upload the fixed folder as the
      next version. The live version is not affected.
    </Notice>
  );
}

/** How far loading has come to matter: what is loaded goes on serving, and is not loaded again. */
function Quarantined({ version }: { version: Version }) {
  const placements = useApi("GET /placements", { query: { versionId: version.id, limit: 200 } }, { refreshMs: 10_000 });
  const routable = placements.data?.items.filter(({ state }) => state === "routable").length;
  const nodes = routable === 1 ? "1 node" : `${routable ?? "an unknown number of"} nodes`;
  return (
    <Notice
      tone="bad"
      action={
        <LinkButton href={addHref(version)} variant="primary">
          Add version
        </LinkButton>
      }
    >
      <p className="font-medium">{version.stateReason ?? "The stored bytes differ from the checked bytes."}</p>
      <p>
        No node loads it again.{" "}
        {routable === 0
          ? "No node has it loaded."
          : `Copies already loaded on ${nodes} keep serving${version.aliases.includes("live") ? ", and it stays live" : ""} until a restart.`}{" "}
        {version.verifiedAt && (
          <>
            Bytes last verified <Time at={version.verifiedAt} />.
          </>
        )}
      </p>
    </Notice>
  );
}

function Draft({ version: { files, adapterId, id } }: { version: Version }) {
  const whole = files.filter(({ receivedBytes, sizeBytes }) => receivedBytes === sizeBytes).length;
  const received = files.reduce((sum, file) => sum + file.receivedBytes, 0);
  const size = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  return (
    <Notice
      tone="warn"
      action={
        <LinkButton href={`/adapters/${adapterId}/add?version=${id}`} variant="primary">
          Continue upload
        </LinkButton>
      }
    >
      A draft: {whole} of {files.length} files have arrived, {quantityText(formatBytes(received))} of{" "}
      {quantityText(formatBytes(size))}. The checks start when all files are complete.
    </Notice>
  );
}
