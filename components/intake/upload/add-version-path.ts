/** Where a version is added, or a draft or rejected one is gone on from. */
export const addVersionPath = (adapterId: string, versionId?: string): string =>
  `/adapters/${adapterId}/add${versionId ? `?version=${versionId}` : ""}`;
