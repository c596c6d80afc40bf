import type { Tx } from "#lib/platform/db.ts";
import { type Actor, keyLabel, systemActor } from "./actor.ts";
import { findAccount, findKey } from "./store.ts";

/** Who started something that goes on without them: enough to find them again, and to name them once they are gone. */
export type Starter =
  | { kind: "user"; id: string; label: string }
  | { kind: "key"; id: string; label: string }
  | { kind: "system"; id: string; label: string };

export const starterOf = (actor: Actor): Starter => {
  switch (actor.kind) {
    case "user":
      return { kind: "user", id: actor.userId, label: actor.email };
    case "key":
      return { kind: "key", id: actor.keyId, label: keyLabel(actor.name) };
    case "system":
      return { kind: "system", id: actor.name, label: actor.name };
  }
};

/**
 * The starter with the rights they have now. A person need not be signed in any more, but must not be disabled; a key must
 * be neither revoked nor expired.
 * @returns the reason where they may do nothing any more
 */
export async function actorNow(tx: Tx, starter: Starter, now: Date): Promise<Actor | { lost: string }> {
  switch (starter.kind) {
    case "system":
      return systemActor(starter.id);
    case "user": {
      const account = await findAccount(tx, starter.id);
      if (account === null || account.disabledAt !== null) return { lost: `${starter.label} is disabled.` };
      const { id: userId, email, name, staffRole, memberships } = account;
      return { kind: "user", userId, sessionId: "", email, name, staffRole, memberships };
    }
    case "key": {
      const key = await findKey(tx, starter.id);
      if (key === null || key.revokedAt !== null) return { lost: `The ${starter.label} was revoked.` };
      if (key.expiresAt !== null && new Date(key.expiresAt) <= now)
        return { lost: `The ${starter.label} has expired.` };
      return { kind: "key", keyId: key.id, name: key.name, tenantId: key.tenantId, scopes: key.scopes };
    }
  }
}
