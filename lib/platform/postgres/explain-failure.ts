/** What a failed start of Postgres means: what happened, what to do, and whether waiting a moment may help. */
export type Failure = { message: string; fix: string; retry: boolean };

type Rule = { pattern: RegExp; message: string; fix: string; retry?: boolean };

const RULES: readonly Rule[] = [
  {
    pattern: /No space left on device|could not extend file|Disk quota exceeded/i,
    message: "The disk is full.",
    fix: "Free some space, or set DATA_DIR to a folder on another disk.",
  },
  {
    pattern: /could not bind IPv4 address|could not create any TCP\/IP sockets/i,
    message: "Another program has taken its port.",
    fix: "Start again: another free port will be chosen.",
    retry: true,
  },
  {
    pattern: /lock file "postmaster\.pid" already exists/i,
    message: "Another Postgres still runs on this data directory.",
    fix: "Stop the other start of Switchyard that uses this DATA_DIR, or set DATA_DIR to another folder.",
    retry: true,
  },
  {
    pattern: /pre-existing shared memory block/i,
    message: "Processes of an earlier Postgres on this data directory are still ending.",
    fix: "Wait a moment and start again.",
    retry: true,
  },
  {
    pattern: /error while loading shared libraries: (\S+)/i,
    message: "A system library is missing.",
    fix: "Run npm ci again; if that does not help, set DATABASE_URL to a Postgres 15 or newer.",
  },
  {
    pattern: /Cannot allocate memory|could not map anonymous shared memory|could not create shared memory segment/i,
    message: "There is not enough memory for it.",
    fix: "Stop other programs; it needs about 200 MB.",
  },
  {
    pattern: /could not look up effective user ID|unshare: .*failed/i,
    message: "This user has no name on this system, and user namespaces are not allowed.",
    fix: "Run as a user that /etc/passwd lists, or set DATABASE_URL to a Postgres 15 or newer.",
  },
  {
    pattern: /is not compatible with this version|initialized by PostgreSQL version/i,
    message: "The data directory was made by another major version of Postgres.",
    fix: "Dump it with that version and load the dump, or set DATA_DIR to another folder.",
  },
  {
    pattern: /has wrong ownership|Permission denied|has invalid permissions/i,
    message: "Its files belong to another user or may not be read.",
    fix: "Start as the user who made them, or set DATA_DIR to another folder.",
  },
  {
    pattern: /invalid checkpoint record|could not locate a valid checkpoint|database files are incompatible/i,
    message: "The data directory is damaged.",
    fix: "Restore it from a backup, or set DATA_DIR to another folder.",
  },
];

/** Reads the last lines of a failed start. The first rule that matches wins; the order is from cause to symptom. */
export function explainFailure(lines: readonly string[], exit: string): Failure {
  const text = lines.join("\n");
  const rule = RULES.find(({ pattern }) => pattern.test(text));
  if (rule) return { message: rule.message, fix: rule.fix, retry: rule.retry ?? false };
  return { message: `It ended with ${exit}.`, fix: "The lines above are the last of its log.", retry: false };
}

/** The sentence and the log lines a person reads. */
export const failureText = (what: string, failure: Failure, lines: readonly string[]): string =>
  [`${what} ${failure.message}`, ...lines.map((line) => `    ${line}`)].join("\n");
