"use client";

import type { Version } from "#lib/registry/schema.ts";
import { BASE_NAME_UNKNOWN, BaseNameNotice } from "../../ui/findings/base-name-notice.tsx";
import { useApi } from "../../ui/use-api.ts";

/** Asks an admin about the version's base name where its checks could not tell whose it is. */
export function VersionBaseName({ version }: { version: Version }) {
  const isAsked = version.checkReport?.findings.some(({ code }) => code === BASE_NAME_UNKNOWN) ?? false;
  if (!isAsked || version.baseModel === null || version.state === "deleted") return null;
  return <Asked adapterId={version.adapterId} name={version.baseModel} />;
}

function Asked({ adapterId, name }: { adapterId: string; name: string }) {
  const adapter = useApi("GET /adapters/{adapterId}", { params: { adapterId } }).data;
  const poolId = adapter?.poolId ?? "";
  const pool = useApi("GET /pools/{poolId}", { params: { poolId } }, { enabled: adapter !== undefined }).data;
  return pool ? <BaseNameNotice pool={pool} name={name} /> : null;
}
