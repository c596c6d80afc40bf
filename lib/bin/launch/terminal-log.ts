import type { Log } from "#lib/platform/log.ts";
import type { Terminal } from "./terminal.ts";

/** The launcher's own log: what matters is read by a person, so warnings and errors become lines at the terminal. */
export function terminalLog(terminal: Terminal, name: string): Log {
  const show = (message: string, fields: Record<string, unknown> = {}) => {
    const details = Object.entries(fields).map(([key, value]) => `${key} ${String(value)}`);
    terminal.say(`${name}: ${message}${details.length > 0 ? ` (${details.join(", ")})` : ""}`);
  };
  return { debug: () => {}, info: () => {}, warn: show, error: show, child: () => terminalLog(terminal, name) };
}
