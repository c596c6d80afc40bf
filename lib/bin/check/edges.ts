/**
 * Files of the domain rooms that touch the world although neither their name (`store`, `routes`, `loop`) nor a type they
 * take (`Ctx`, `Deps`, …) says so; each with what it does. Everything else in those rooms must be pure.
 */
const REASONS: Readonly<Record<string, string>> = {
  "lib/fleet/inspection/reference-adapter.ts": "writes what a node's view of the adapter store is proven with",
  "lib/registry/artifacts/artifact-files.ts": "reads and writes the adapter store",
  "lib/registry/artifacts/publish-artifact.ts": "moves a finished artifact to where nodes load it",
  "lib/registry/intake/source-directory.ts": "reads the folder an adapter is taken from",
};
  "lib/registry/artifacts/verify-digest.ts": "lists a stored directory",
  "lib/registry/intake/upload/draft-files.ts": "receives what a tus client sends into the adapter store",
  "lib/registry/intake/upload/partial-file.ts": "holds a half-received file for one writer at a time",
  "lib/registry/imports/list-folders.ts": "lists the folders that an import is made from",

export const EDGES: ReadonlySet<string> = new Set(Object.keys(REASONS));
