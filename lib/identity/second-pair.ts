import { actorKey } from "./actor.ts";
import type { Ctx } from "./ctx.ts";
import { independentFrom, onePerson } from "./one-person.ts";
import { listAdmins, listIdentities } from "./store.ts";

export type SecondPair = {
  /** The caller counts as the person who began: it is no second pair of eyes. */
  isSamePerson: boolean;
  /** Platform admins who are one, oldest account first. */
  others: string[];
  /** Platform admins who become one, and when; the soonest first. */
  later: { email: string; from: Date }[];
};

/** Whether the caller may decide about what somebody else began, and who could instead. @param beganBy as `actorLabel` names it */
export async function secondPair(ctx: Ctx, beganBy: string | null): Promise<SecondPair> {
  const now = ctx.clock.now();
  const identities = await listIdentities(ctx.tx);
  const starters = identities.filter(({ label }) => label === beganBy);
  const caller = actorKey(ctx.actor);
  const person = onePerson(identities, new Set([caller]), now);
  const admins = await listAdmins(ctx.tx);
  const known = new Map(identities.map((identity) => [identity.id, identity]));
  const later = admins.flatMap(({ id, email }) => {
    const identity = id === caller || !person.has(id) ? undefined : known.get(id);
    const from = identity && independentFrom(identity);
    return from && from > now ? [{ email, from }] : [];
  });
  return {
    isSamePerson: starters.some(({ id }) => person.has(id)),
    others: admins.filter(({ id }) => !person.has(id)).map(({ email }) => email),
    later: later.toSorted((a, b) => a.from.getTime() - b.from.getTime()),
  };
}
