import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Notes how something that was opened is closed. @returns what was opened */
export type Keep = <T>(opened: T, close: (opened: T) => unknown) => T;

/** Closes what `work` opened, the last first, when it ends or fails. */
export async function withOpened<T>(work: (keep: Keep) => Promise<T>): Promise<T> {
  const closing: (() => unknown)[] = [];
  try {
    return await work((opened, close) => {
      closing.push(() => close(opened));
      return opened;
    });
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

/** A folder of the temporary directory, for as long as the rest is open. */
export const openFolder = async (keep: Keep, name: string): Promise<string> =>
  keep(await mkdtemp(join(tmpdir(), `switchyard-${name}-`)), (folder) => rm(folder, { recursive: true, force: true }));

/** What can be stopped, for `keep`. */
export const stop = (opened: { stop(): Promise<unknown> }): Promise<unknown> => opened.stop();
