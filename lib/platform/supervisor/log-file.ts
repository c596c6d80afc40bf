import { closeSync, mkdirSync, openSync, renameSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";

const MAX_BYTES = 20 * 1024 * 1024;

export type LogFile = { write(line: string): void; close(): void };

/**
 * Appends lines to a file; at 20 MB the file becomes `<path>.1` (one old one is kept) and a new one begins.
 * @param onError told of a line that could not be written (disk full): logging must not end the process
 */
export function openLogFile(path: string, onError: (error: unknown) => void, maxBytes = MAX_BYTES): LogFile {
  mkdirSync(dirname(path), { recursive: true });
  const open = (): number => openSync(path, "a", 0o600);
  let size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  let file = open();
  const append = (line: string): void => {
    const bytes = Buffer.byteLength(line) + 1;
    if (size > 0 && size + bytes > maxBytes) {
      closeSync(file);
      renameSync(path, `${path}.1`);
      file = open();
      size = 0;
    }
    writeSync(file, `${line}\n`);
    size += bytes;
  };
  return {
    write(line) {
      try {
        append(line);
      } catch (error) {
        onError(error);
      }
    },
    close: () => closeSync(file),
  };
}
