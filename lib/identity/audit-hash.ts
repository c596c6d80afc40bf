import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import type { AuditEntry } from "./schema.ts";

/** What the first entry of a chain points back to. */
export const GENESIS_HASH = "0".repeat(64);

/** What a row says, which is what its hash covers. */
export type AuditContent = Omit<AuditEntry, "hash">;

/** hash = SHA-256 over the previous hash and the canonical JSON of the row (RFC 8785). */
export const auditHash = (prevHash: string, row: AuditContent): string =>
  createHash("sha256")
    .update(prevHash)
    .update(canonicalize(row) ?? "")
    .digest("hex");
