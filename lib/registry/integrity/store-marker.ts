import { access, mkdir, open, readdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { newId } from "#lib/platform/ids.ts";
import { isAbsent } from "#lib/platform/system-code.ts";
import type { StoreSight } from "./decide-store.ts";

/** Stands in the root of the adapter store and nowhere else, so that an unmounted share is told from an emptied one. */
export const MARKER_FILE = ".switchyard-store";
const Marker = z.object({ id: z.string() });

/** Inspects the store itself; what the catalog knows comes from there. */
export async function inspectStore(adapterStore: string): Promise<Pick<StoreSight, "root" | "markerId">> {
  try {
    await readdir(adapterStore);
  } catch (error) {
    return { root: isAbsent(error) ? "absent" : "unreadable", markerId: null };
  }
  try {
    const marker = Marker.safeParse(JSON.parse(await readFile(join(adapterStore, MARKER_FILE), "utf8")));
    return { root: "readable", markerId: marker.success ? marker.data.id : null };
  } catch (error) {
    // what cannot be parsed was written by nobody of ours; what cannot be read may be readable again
    if (error instanceof SyntaxError || isAbsent(error)) return { root: "readable", markerId: null };
    return { root: "unreadable", markerId: null };
  }
}

/** @returns whether at least one of these paths below the store is there */
export async function holdsAny(adapterStore: string, storePaths: readonly string[]): Promise<boolean> {
  const found = storePaths.map((path) =>
    access(join(adapterStore, path)).then(
      () => true,
      () => false,
    ),
  );
  return (await Promise.all(found)).includes(true);
}

/** Makes the store's folder where it is not there, and puts the marker in it, whole or not at all. */
export async function writeMarker(adapterStore: string, id: string): Promise<void> {
  await mkdir(adapterStore, { recursive: true });
  const part = join(adapterStore, `${MARKER_FILE}.${newId("file")}`);
  const handle = await open(part, "wx", 0o444);
  try {
    await handle.writeFile(
      `${JSON.stringify({ id, about: "Switchyard's adapter store. Leave this file here: without it the store counts as not mounted." })}\n`,
    );
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(part, join(adapterStore, MARKER_FILE));
}
