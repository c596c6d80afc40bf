"use client";

import { TextLink } from "./button.tsx";
import { Notice } from "./card.tsx";
import { Pending } from "./skeleton.tsx";
import { Time } from "./time.tsx";
import { useApi } from "./use-api.ts";

/** Every time a version went live without a pass, for good: who, when, why. */
export function VersionOverrides({ adapterId, versionId }: { adapterId: string; versionId: string }) {
  const read = useApi("GET /cutovers", { query: { adapterId, limit: 200 } });
  if (read.isPending) return <Pending />;
  const cutovers = read.data?.items ?? [];
  const overrides = cutovers.filter((cutover) => cutover.toVersionId === versionId && cutover.overrideReason !== null);
  if (overrides.length === 0) return null;
  return (
    <Notice tone={overrides.every(({ adopted }) => adopted) ? "off" : "warn"}>
      <ul className="flex flex-col gap-0.5">
        {overrides.map((cutover) => (
          <li key={cutover.id}>
            {cutover.selfApproved ? "Self-approved: " : ""}
            {cutover.requestedBy} {cutover.adopted ? "adopted it as already live" : "overrode the gate"}{" "}
            <Time at={cutover.createdAt} />: {cutover.overrideReason}{" "}
            <TextLink href={`/cutovers/${cutover.id}`}>Open cutover</TextLink>
          </li>
        ))}
      </ul>
    </Notice>
  );
}
