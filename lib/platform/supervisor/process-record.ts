import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import * as z from "zod";
import { AppError } from "../errors.ts";
import { isAbsent } from "../system-code.ts";
import { identify, isAlive, type ProcessIdentity } from "./process-identity.ts";
import { signalGroup } from "./signal-group.ts";

const IdentitySchema = z.object({ pid: z.int(), startedAt: z.string() });
const RecordSchema = z.object({
  supervisor: IdentitySchema,
  children: z.array(IdentitySchema.extend({ name: z.string() })),
});
type ProcessRecordData = z.infer<typeof RecordSchema>;

const END_WITHIN_MS = 5_000;

const readRecord = (path: string): ProcessRecordData | null => {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
  // A half-written record comes from a machine that lost power: then its processes are gone as well.
  const parsed = RecordSchema.safeParse(tryJson(text));
  return parsed.success ? parsed.data : null;
};

const tryJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

/** Which processes run for a data directory, on disk, so that the next start can tell whether this one was killed. */
export class ProcessRecord {
  private readonly children = new Map<number, ProcessIdentity & { name: string }>();
  private readonly supervisor: ProcessIdentity;

  constructor(private readonly path: string) {
    const self = identify(process.pid);
    if (!self) throw new Error("cannot see our own process");
    this.supervisor = self;
    mkdirSync(dirname(path), { recursive: true });
    this.save();
  }

  add(name: string, pid: number): void {
    const identity = identify(pid);
    if (!identity) return; // it ended already
    this.children.set(pid, { name, ...identity });
    this.save();
  }

  remove(pid: number): void {
    if (this.children.delete(pid)) this.save();
  }

  close(): void {
    rmSync(this.path, { force: true });
  }

  private save(): void {
    const draft = `${this.path}.${process.pid}`;
    const data: ProcessRecordData = { supervisor: this.supervisor, children: [...this.children.values()] };
    writeFileSync(draft, `${JSON.stringify(data, null, 2)}\n`, { mode: 0o600 });
    renameSync(draft, this.path);
  }
}

/**
 * Ends the children of a supervisor that was killed.
 * @returns their names
 * @throws AppError when that supervisor still runs
 */
export async function endLeftovers(path: string): Promise<string[]> {
  const record = readRecord(path);
  if (!record) return [];
  if (record.supervisor.pid !== process.pid && isAlive(record.supervisor))
    throw new AppError(
      "conflict",
      `Switchyard already runs on this data directory (process ${record.supervisor.pid}).`,
      { fix: "Stop it first, or set DATA_DIR to another folder." },
    );
  const alive = record.children.filter(isAlive);
  for (const child of alive) signalGroup(child.pid, "SIGTERM");
  const deadline = Date.now() + END_WITHIN_MS;
  while (alive.some(isAlive) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
  for (const child of alive) if (isAlive(child)) signalGroup(child.pid, "SIGKILL");
  rmSync(path, { force: true });
  return alive.map(({ name }) => name);
}
