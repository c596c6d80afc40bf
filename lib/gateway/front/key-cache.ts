import { bearerToken, hasCredential, parseApiKey, sameHash } from "#lib/identity/api-key.ts";
import type { KeyEntry, Snapshot } from "../snapshot/snapshot.ts";

/** Far more than a fleet has callers; it only bounds what changing spellings of one header could fill. */
const MAX_VERIFIED = 10_000;
/** A key with its scheme; whoever pads it with blanks has it hashed every time. */
const MAX_KEPT_LENGTH = 600;

/**
 * Keys that were verified in the present snapshot, by the header they came in: a key is hashed once a snapshot, not once
 * a request. A revoked key is in no later snapshot, and so in no later book. Wrong keys are never kept.
 */
export class KeyCache {
  #snapshot: Snapshot | null = null;
  readonly #verified = new Map<string, KeyEntry>();

  /** @returns the key of an `Authorization` header: `absent` when it presents nothing, `unknown` when that is no valid key */
  find(authorization: string | null, snapshot: Snapshot): KeyEntry | "absent" | "unknown" {
    if (authorization === null) return "absent";
    if (snapshot !== this.#snapshot) {
      this.#snapshot = snapshot;
      this.#verified.clear();
    }
    return this.#verified.get(authorization) ?? this.#verify(authorization, snapshot);
  }

  #verify(authorization: string, snapshot: Snapshot): KeyEntry | "absent" | "unknown" {
    const token = bearerToken(authorization);
    if (token === null) return hasCredential(authorization) ? "unknown" : "absent";
    const { prefix, hash } = parseApiKey(token);
    const key = snapshot.keys.get(prefix);
    if (!key || !sameHash(key.hash, hash)) return "unknown";
    if (this.#verified.size >= MAX_VERIFIED) this.#verified.clear();
    if (authorization.length <= MAX_KEPT_LENGTH) this.#verified.set(authorization, key);
    return key;
  }
}
