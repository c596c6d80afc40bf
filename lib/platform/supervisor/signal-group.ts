import { systemCode } from "../system-code.ts";

/**
 * Signals a child that was started `detached`, with everything it started itself.
 * @returns false when nothing is left to signal
 */
export function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch (error) {
    if (systemCode(error) === "ESRCH") return false;
    throw error;
  }
}
