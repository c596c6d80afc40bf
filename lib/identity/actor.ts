import type { StaffRole, TenantRole } from "./schema.ts";

/** Who does something. A key acts for itself, never as the person who made it. */
export type Actor =
  | {
      kind: "user";
      userId: string;
      sessionId: string;
      email: string;
      name: string;
      staffRole: StaffRole | null;
      memberships: readonly { tenantId: string; role: TenantRole }[];
    }
  | {
      kind: "key";
      keyId: string;
      name: string;
      tenantId: string | null;
      /** Set on a node's own key. */
      nodeId?: string | null;
      scopes: readonly string[];
    }
  | { kind: "system"; name: string };

export const systemActor = (name: string): Actor => ({ kind: "system", name });

export const keyLabel = (name: string): string => `key ${name}`;

/** A short, stable name for histories and audit rows. */
export const actorLabel = (actor: Actor): string => {
  switch (actor.kind) {
    case "user":
      return actor.email;
    case "key":
      return keyLabel(actor.name);
    case "system":
      return actor.name;
  }
};

/** The name idempotency keys are kept under. */
export const actorKey = (actor: Actor): string => {
  switch (actor.kind) {
    case "user":
      return actor.userId;
    case "key":
      return actor.keyId;
    case "system":
      return actor.name;
  }
};

/** Who made an account or a key; null for tools of ours, which are nobody's second pair of eyes. */
export const makerOf = (actor: Actor): string | null => (actor.kind === "system" ? null : actorKey(actor));
