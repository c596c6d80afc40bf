import type * as z from "zod";
import { conflict, invalidField, notFound } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import { makerOf } from "./actor.ts";
import { audit } from "./audit.ts";
import type { Ctx } from "./ctx.ts";
import { hashPassword } from "./password.ts";
import type { CreateUser, User } from "./schema.ts";
import { createUser, tenantNames } from "./store.ts";
import { requireStaying } from "./tenant-access-store.ts";

/** Adds a person with a first password. @throws AppError `conflict` email_taken, `invalid` without any role */
export async function addUser(ctx: Ctx, input: z.output<typeof CreateUser>): Promise<User> {
  if (!input.staffRole && !input.membership)
    throw invalidField("staffRole", "no_role", "The person would have no role.", "Give a staff role or a membership.");
  if (input.membership && (await tenantNames(ctx.tx, [input.membership.tenantId])).length === 0)
    throw notFound("tenant");
  if (input.membership) await requireStaying(ctx.tx, input.membership.tenantId);
  const user = await createUser(ctx.tx, {
    id: newId("user"),
    email: input.email,
    name: input.name,
    passwordHash: await hashPassword(input.password),
    staffRole: input.staffRole,
    createdById: makerOf(ctx.actor),
    membership: input.membership && { id: newId("membership"), ...input.membership },
  });
  if (user === null)
    throw conflict("email_taken", `${input.email} already has an account.`, "Use another address.", "email");
  const tenantId = input.membership?.tenantId ?? null;
  await audit(ctx, { action: "user.create", object: { type: "user", id: user.id }, tenantId, after: user });
  return user;
}
