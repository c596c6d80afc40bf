import type { Pool } from "#lib/pools/schema.ts";

export type Way = "path" | "drop" | "table" | "bucket";

/** What stands in the form of a new import, for whichever way is chosen. */
export type ImportValues = {
  poolId: string;
  adapterName: string;
  way: Way;
  /** null = the pool's adapter directory. */
  path: string | null;
  /** The table. */
  text: string;
  /** null = the first. */
  sourceId: string | null;
  /** In the bucket. */
  folder: string;
};

export const CHECK_FOLDERS = "Read and check folders";

/** What is sent for a folder on the server, a table or a bucket. Folders that are dropped are scanned first. */
export function importBody(values: ImportValues, pool: Pool, firstSourceId = "") {
  const shared = { poolId: pool.id, adapterName: values.adapterName.trim() || "Assistant" };
  switch (values.way) {
    case "table":
      return { ...shared, kind: "csv", source: { text: values.text } } as const;
    case "bucket": {
      const path = values.folder.trim().replace(/\/+$/, "");
      return { ...shared, kind: "bucket", source: { sourceId: values.sourceId ?? firstSourceId, path } } as const;
    }
    case "path":
    case "drop":
      return { ...shared, kind: "directory", source: { path: (values.path ?? pool.adapterDirectory).trim() } } as const;
  }
}
