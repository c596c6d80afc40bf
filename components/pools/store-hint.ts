/** What to mount where. @param store the adapter store of this Switchyard; null = not known yet */
export const storeHint = (store: string | null): string =>
  store === null
    ? "Where the nodes mount the adapter store: an absolute path."
    : `Switchyard keeps adapters in ${store}. Mount that directory on every node, read-only, and give the path it has there; for nodes on this machine it is ${store}.`;
