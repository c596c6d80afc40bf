import { openNodeKey } from "#lib/fleet/node-access.ts";
import type { Database } from "#lib/platform/db.ts";
import { errorText } from "#lib/platform/errors.ts";
import type { Log } from "#lib/platform/log.ts";
import { platformScope } from "#lib/platform/scope.ts";
import type { Secrets } from "#lib/platform/secrets.ts";
import { openEndpointKey } from "#lib/registry/endpoints/endpoint-access.ts";
import { buildSnapshot } from "./build-snapshot.ts";
import type { Snapshot } from "./snapshot.ts";
import { readRouting } from "./store.ts";

/** Reads the catalog into a snapshot. `readAt` is the moment before reading: nothing older is missing from it. */
export async function loadSnapshot(tools: {
  db: Database;
  secrets: Secrets;
  log: Log;
  now: () => Date;
}): Promise<Snapshot> {
  const readAt = tools.now();
  const rows = await tools.db.read(platformScope, (tx) => readRouting(tx, readAt));
  return buildSnapshot(
    rows,
    (of, id, sealedKey) => {
      const open = of === "node" ? openNodeKey : openEndpointKey;
      try {
        return { key: open(tools.secrets, { id, sealedKey }) };
      } catch (error) {
        tools.log.error("key not readable; its owner gets no traffic", { of, id, error: errorText(error) });
        return "unreadable";
      }
    },
    readAt,
  );
}
