/** A prefix that ends where a folder ends: "acme" must not reach "acme-secret". "" stays the whole bucket. */
export const asFolder = (prefix: string): string => (prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`);

/** The whole prefix of a folder below the source's own; `path` was checked to hold no way out. */
export const folderBelow = (sourcePrefix: string, path: string): string => `${asFolder(sourcePrefix)}${asFolder(path)}`;

/** What stands right below `folder`, by its bare name; null = it stands deeper, or is the folder itself. */
export function nameIn(folder: string, key: string): string | null {
  if (!key.startsWith(folder)) return null;
  const name = key.slice(folder.length).replace(/\/$/, "");
  return name === "" || name.includes("/") ? null : name;
}
