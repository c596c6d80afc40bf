import { hash, verify } from "@node-rs/argon2";

/** OWASP's argon2id floor: 19 MiB, 2 passes, 1 lane (algorithm 2 = argon2id, the library's default). */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export const hashPassword = (password: string): Promise<string> => hash(password, PARAMETERS);

/** A hash of nothing anyone knows, so that an unknown e-mail takes as long as a wrong password. */
const decoy = hashPassword(`decoy-${process.pid}-${Date.now()}`);

/** @param stored null for an account without a password: always false, in the same time */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  const matches = await verify(stored ?? (await decoy), password);
  return stored !== null && matches;
}
