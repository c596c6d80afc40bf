import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

const MAX_LINE = 64 * 1024;

/** Calls back once per line of a stream, without its line ending; a line without end is cut at 64 kB. */
export function eachLine(stream: Readable, onLine: (line: string) => void): void {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  stream.on("data", (chunk: Buffer) => {
    const parts = (rest + decoder.write(chunk)).split(/\r?\n/);
    rest = parts.pop() ?? "";
    for (const line of parts) onLine(line);
    if (rest.length > MAX_LINE) {
      onLine(rest);
      rest = "";
    }
  });
  stream.on("end", () => {
    if (rest) onLine(rest);
  });
}

/** Keeps the newest lines, to quote when a process failed. */
export function lastLines(count: number): { push(line: string): void; all(): string[] } {
  const kept: string[] = [];
  return {
    push(line) {
      kept.push(line);
      if (kept.length > count) kept.shift();
    },
    all: () => [...kept],
  };
}
