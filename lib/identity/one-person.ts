/** A user or a key, as far as it matters for telling people apart. */
export type Identity = {
  id: string;
  kind: "user" | "key";
  /** As histories name it (`actorLabel`). */
  label: string;
  createdById: string | null;
  createdAt: Date;
};

/** The maker of the first admin and of ADMIN_API_KEY: whoever installed Switchyard. */
export const BOOTSTRAP = "bootstrap";

/** For so long, an account counts as the person who added it: nobody adds a second pair of eyes at the moment of need. */
export const PROBATION_MS = 24 * 3_600_000;

/** When an account starts to count as a person of its own; null = it never does. */
export const independentFrom = ({ kind, createdById, createdAt }: Identity): Date | null =>
  kind === "key" || createdById === BOOTSTRAP ? null : new Date(createdAt.getTime() + PROBATION_MS);

/**
 * Ids of everything that counts as the same person as one of `start`: keys as their makers, ADMIN_API_KEY as the first
 * admin, a new account as whoever added it, and so on along the chain.
 */
export function onePerson(identities: readonly Identity[], start: ReadonlySet<string>, now: Date): Set<string> {
  const links = identities.flatMap((identity) => {
    const from = independentFrom(identity);
    const linked = identity.createdById !== null && (from === null || now < from);
    return linked ? [[identity.id, identity.createdById ?? ""] as const] : [];
  });
  const person = new Set(start);
  for (let size = -1; size < person.size; ) {
    size = person.size;
    for (const [made, maker] of links) {
      if (person.has(made)) person.add(maker);
      if (person.has(maker)) person.add(made);
    }
  }
  return person;
}
