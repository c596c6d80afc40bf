import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

const GENERATED = /^sy_([0-9a-f]{12})_[A-Za-z0-9_-]{43}$/;

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** A fresh key: `sy_` + 12 hex digits to look it up by + 32 random bytes. Only its hash is kept. */
export function generateApiKey(): { key: string; prefix: string; hash: string } {
  const prefix = randomBytes(6).toString("hex");
  const key = `sy_${prefix}_${randomBytes(32).toString("base64url")}`;
  return { key, prefix, hash: sha256(key) };
}

/**
 * How a presented key is looked up. A key from ADMIN_API_KEY has no format of ours: it is found by the start of its hash.
 * SHA-256 is enough for keys of 32 random bytes; passwords use argon2id.
 */
export function parseApiKey(text: string): { prefix: string; hash: string } {
  const hash = sha256(text);
  return { prefix: GENERATED.exec(text)?.[1] ?? hash.slice(0, 12), hash };
}

/** Compares two hex hashes in constant time. */
export const sameHash = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

/** The token of an `Authorization: Bearer …` header; null when it holds none, or something else than one token. */
export const bearerToken = (header: string | null | undefined): string | null =>
  /^Bearer\s+(\S+)$/i.exec(header ?? "")?.[1] ?? null;

/** Whether an `Authorization` header presents anything at all; what it presents may still be no key. */
export const hasCredential = (header: string | null | undefined): boolean => !/^\s*(bearer)?\s*$/i.test(header ?? "");
