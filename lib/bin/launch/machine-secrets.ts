import { randomBytes, randomInt } from "node:crypto";
import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as z from "zod";
import { generateApiKey } from "#lib/identity/api-key.ts";
import type { Env } from "#lib/platform/env.ts";
import { AppError } from "#lib/platform/errors.ts";
import { unlessAbsent } from "#lib/platform/system-code.ts";

const FileSchema = z.object({
  NEXTAUTH_SECRET: z.string().min(32),
  SECRETS_KEY: z.string().regex(/^[0-9a-f]{64}$/),
  ADMIN_PASSWORD: z.string().min(12),
  ADMIN_API_KEY: z.string().min(32),
});
type SecretsFile = z.infer<typeof FileSchema>;

/** What the processes need to know and nobody else may. `adminApiKey` null = no such key is made. */
export type MachineSecrets = {
  nextAuthSecret: string;
  secretsKey: string;
  adminEmail: string;
  adminPassword: string;
  adminApiKey: string | null;
  /** File that holds what was generated; null = everything came from the environment. */
  file: string | null;
  /** Generated just now, so that nobody has seen the password yet. */
  isNew: boolean;
};

const DEFAULT_EMAIL = "admin@switchyard.local";

/** Without look-alikes, since people type it. 16 of 31 characters are 79 bits. */
const PASSWORD_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789";
const newPassword = (): string =>
  Array.from({ length: 16 }, () => PASSWORD_ALPHABET[randomInt(PASSWORD_ALPHABET.length)]).join("");

const generate = (): SecretsFile => ({
  NEXTAUTH_SECRET: randomBytes(32).toString("hex"),
  SECRETS_KEY: randomBytes(32).toString("hex"),
  ADMIN_PASSWORD: newPassword(),
  ADMIN_API_KEY: generateApiKey().key,
});

export const secretsPath = (dataDir: string): string => join(dataDir, "secrets.json");

const readSecrets = async (path: string): Promise<SecretsFile | null> => {
  const text = await unlessAbsent(readFile(path, "utf8"));
  if (text === null) return null;
  try {
    return FileSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new AppError("unavailable", `${path} is damaged: it does not hold the four generated secrets.`, {
      fix: "Restore it from a backup. Without SECRETS_KEY the stored node keys cannot be read.",
      cause: error,
    });
  }
};

/** Whole or not at all: losing SECRETS_KEY half-way would make sealed values unreadable. */
const writeSecrets = async (path: string, secrets: SecretsFile): Promise<void> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  await chmod(draft, 0o600);
  await rename(draft, path);
};

const REQUIRED = ["NEXTAUTH_SECRET", "SECRETS_KEY", "ADMIN_EMAIL", "ADMIN_PASSWORD"] as const;

/** With a database of your own, secrets must outlive this machine: nothing is generated. */
const fromEnvironment = (env: Env): MachineSecrets => {
  const missing = REQUIRED.filter((name) => !env[name]);
  const { NEXTAUTH_SECRET, SECRETS_KEY, ADMIN_EMAIL, ADMIN_PASSWORD, ADMIN_API_KEY } = env;
  if (!NEXTAUTH_SECRET || !SECRETS_KEY || !ADMIN_EMAIL || !ADMIN_PASSWORD)
    throw new AppError("invalid", `DATABASE_URL is set, so these must be set as well: ${missing.join(", ")}.`, {
      fix: "Make secrets with: openssl rand -hex 32. Unset DATABASE_URL to use the embedded Postgres and generated secrets.",
    });
  return {
    nextAuthSecret: NEXTAUTH_SECRET,
    secretsKey: SECRETS_KEY,
    adminEmail: ADMIN_EMAIL,
    adminPassword: ADMIN_PASSWORD,
    adminApiKey: ADMIN_API_KEY ?? null,
    file: null,
    isNew: false,
  };
};

/**
 * The secrets of this start. For one-machine use, what the environment does not give is generated once into
 * `DATA_DIR/secrets.json` (0600) and kept.
 * @throws AppError naming every variable that is missing beside DATABASE_URL
 */
export async function resolveSecrets(env: Env): Promise<MachineSecrets> {
  if (env.DATABASE_URL) return fromEnvironment(env);
  const file = secretsPath(env.dataDir);
  const known = await readSecrets(file);
  const secrets = known ?? generate();
  if (!known) await writeSecrets(file, secrets);
  return {
    nextAuthSecret: env.NEXTAUTH_SECRET ?? secrets.NEXTAUTH_SECRET,
    secretsKey: env.SECRETS_KEY ?? secrets.SECRETS_KEY,
    adminEmail: env.ADMIN_EMAIL ?? DEFAULT_EMAIL,
    adminPassword: env.ADMIN_PASSWORD ?? secrets.ADMIN_PASSWORD,
    adminApiKey: env.ADMIN_API_KEY ?? secrets.ADMIN_API_KEY,
    file,
    isNew: !known,
  };
}
