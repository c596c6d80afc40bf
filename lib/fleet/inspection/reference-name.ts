/**
 * Names under which nodes are tried out. A tenant's slug has at least two characters, so no tenant's adapter is ever
 * called so, in `/v1/models` or in the adapter store.
 */
const RESERVED = "0--";
/** Folder of the adapter store that reference adapters are written to, each in one of its own. */
export const REFERENCE_FOLDER = `${RESERVED}delivery`;

/** Never the same twice: a second counter and the digest of fresh bytes. */
export const referenceName = (unixSeconds: number, digest12: string): string =>
  `${REFERENCE_FOLDER}--v${unixSeconds}-${digest12}`;

export const checkName = (hex12: string): string => `${RESERVED}check--v1-${hex12}`;

/** Whether a listed name is one of ours, loaded for a moment to try the node out. */
export const isReferenceName = (loraName: string): boolean => loraName.startsWith(RESERVED);
