import { join, resolve } from "node:path";
import * as z from "zod";
import { findBadNetwork } from "./client-address.ts";

const port = (fallback: number) => z.coerce.number().int().min(1).max(65_535).default(fallback);

/** Is it an address of a mail server, with or without a name and a password? */
function isSmtpUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname } = new URL(value);
  return (protocol === "smtp:" || protocol === "smtps:") && hostname !== "";
}

const EnvSchema = z.object({
  PORT: port(3000),
  GATEWAY_PORT: port(8080),
  METRICS_PORT: port(8082),
  METRICS_HOST: z.string().default("127.0.0.1"),
  WORKER_PORT: port(8083),
  SIM_PORT: port(8100),
  SIM_SPEED: z.coerce.number().positive().max(1000).default(1),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "must start with postgresql://")
    .optional(),
  DATA_DIR: z.string().default("./.data"),
  ADAPTER_STORE: z.string().optional(),
  ADMIN_EMAIL: z.string().email().optional(),
  ADMIN_PASSWORD: z.string().min(12).optional(),
  ADMIN_API_KEY: z.string().min(32).optional(),
  NEXTAUTH_URL: z.string().url().optional(),
  NEXTAUTH_SECRET: z.string().min(32).optional(),
  OIDC_ISSUER: z.string().url().optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  SECRETS_KEY: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, "must be 64 hex digits (32 bytes)")
    .optional(),
  SMTP_URL: z
    .string()
    .refine(isSmtpUrl, "must be smtp:// or smtps:// with a host, such as smtps://user:password@mail.example.com")
    .optional(),
  TRUSTED_PROXIES: z
    .string()
    .default("")
    .refine(
      (text) => findBadNetwork(text) === null,
      "must be addresses and CIDRs, separated by commas, such as 10.0.0.0/8,192.0.2.7",
    ),
  LOOPS: z.string().optional(),
  LOG_LEVEL: z
    .string()
    .transform((level) => level.toLowerCase())
    .pipe(z.enum(["debug", "info", "warn", "error", "silent"]))
    .default("info"),
});

/** Every setting a process may read, validated, with paths made absolute. */
export type Env = Readonly<
  z.infer<typeof EnvSchema> & { dataDir: string; adapterStore: string; loops: readonly string[] | null }
>;

/** A variable set to nothing counts as unset, as in most deployment tools. */
const withoutEmpty = (source: NodeJS.ProcessEnv) =>
  Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ""));

/**
 * Reads the settings once, at the start of a process.
 * @throws Error that names every bad variable, the rule it broke and nothing of its value.
 */
export function readEnv(source: NodeJS.ProcessEnv = process.env): Env {
  const parsed = EnvSchema.safeParse(withoutEmpty(source));
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`);
    throw new Error(`Bad settings in the environment:\n${lines.join("\n")}`);
  }
  const env = parsed.data;
  const dataDir = resolve(env.DATA_DIR);
  return {
    ...env,
    dataDir,
    adapterStore: env.ADAPTER_STORE ? resolve(env.ADAPTER_STORE) : join(dataDir, "adapters"),
    loops: env.LOOPS ? env.LOOPS.split(",").map((name) => name.trim()) : null,
  };
}

/** The environment a child process starts with: ours, plus what the supervisor decided. */
export const childEnv = (overrides: Record<string, string>): NodeJS.ProcessEnv => ({ ...process.env, ...overrides });

/** A variable that no setting names, such as a browser's path in tests. */
export const rawEnv = (name: string): string | undefined => process.env[name] || undefined;

/** Sets a variable for a library in this process that takes a setting in no other way. */
export const setRawEnv = (name: string, value: string): void => {
  process.env[name] = value;
};
