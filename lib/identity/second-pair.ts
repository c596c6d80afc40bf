import { actorKey } from "./actor.ts";
import type { Ctx } from "./ctx.ts";
import { listAdmins } from "./store.ts";

/** E-mail addresses of the platform admins who could decide instead of the caller, oldest account first. */
export async function otherAdmins(ctx: Ctx): Promise<string[]> {
  const admins = await listAdmins(ctx.tx);
  return admins.filter(({ id }) => id !== actorKey(ctx.actor)).map(({ email }) => email);
}
