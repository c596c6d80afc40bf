/**
 * Files of the domain rooms that touch the world although neither their name (`store`, `routes`, `loop`) nor a type they
 * take (`Ctx`, `Deps`, …) says so; each with what it does. Everything else in those rooms must be pure.
 */
const REASONS: Readonly<Record<string, string>> = {
  "lib/fleet/inspection/reference-adapter.ts": "writes what a node's view of the adapter store is proven with",
  "lib/registry/artifacts/artifact-files.ts": "reads and writes the adapter store",
  "lib/registry/artifacts/bytes/byte-jobs.ts": "reads files of the store in threads",
  "lib/registry/artifacts/bytes/byte-worker.mjs": "is what runs in such a thread",
  "lib/registry/checks/template/compare-templates.ts": "renders chat templates in a process of their own",
  "lib/registry/checks/template/render-worker.mjs": "is what runs in such a process",
  "lib/registry/artifacts/remove-artifact.ts": "takes directories out of the adapter store, and destroys them",
  "lib/registry/artifacts/publish-artifact.ts": "moves a finished artifact to where nodes load it",
  "lib/registry/artifacts/verify-digest.ts": "lists a stored directory",
  "lib/registry/intake/upload/draft-files.ts": "receives what a tus client sends into the adapter store",
  "lib/registry/intake/upload/partial-file.ts": "holds a half-received file for one writer at a time",
  "lib/registry/imports/scan-bucket.ts": "fetches a folder of a bucket to check it",
  "lib/registry/imports/list-folders.ts": "lists the folders that an import is made from",
  "lib/registry/integrity/store-marker.ts": "looks whether the adapter store is there",
  "lib/registry/artifacts/source-directory.ts": "reads the folder an adapter is taken from",
};

export const EDGES: ReadonlySet<string> = new Set(Object.keys(REASONS));
