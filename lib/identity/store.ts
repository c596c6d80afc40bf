import { pageArgs, toPage } from "#lib/http/cursor.ts";
import type { Page, PageQuery } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import { orTaken } from "#lib/platform/or-taken.ts";
import { tenantWhere } from "#lib/platform/scope.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import { keyLabel } from "./actor.ts";
import type { Identity } from "./one-person.ts";
import type { ApiKey, AuditEntry, StaffRole, TenantRole, User } from "./schema.ts";
import type { AuditRow } from "./verify-audit-chain.ts";

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

// --- audit trail -----------------------------------------------------------------------------------------------

/** Locks the head of a chain until the transaction ends, creating the chain at `genesis` when it is new. */
export async function lockAuditChain(tx: Tx, chain: string, genesis: string): Promise<{ seq: number; hash: string }> {
  await tx.client
    .$executeRaw`INSERT INTO "AuditChain" ("chain", "seq", "hash") VALUES (${chain}, 0, ${genesis}) ON CONFLICT DO NOTHING`;
  const [head] = await tx.client.$queryRaw<{ seq: number; hash: string }[]>`
    SELECT "seq", "hash" FROM "AuditChain" WHERE "chain" = ${chain} FOR UPDATE`;
  if (!head) throw new Error(`audit chain ${chain} is out of reach in this scope`);
  return head;
}

export async function appendAuditEntry(tx: Tx, entry: AuditRow): Promise<void> {
  await tx.client.auditEntry.create({
    data: {
      ...entry,
      actor: entry.actor as Prisma.InputJsonValue,
      before: entry.before as Prisma.InputJsonValue,
      after: entry.after as Prisma.InputJsonValue,
    },
    select: { id: true },
  });
  await tx.client.auditChain.update({ where: { chain: entry.chain }, data: { seq: entry.seq, hash: entry.hash } });
}

/** The head of a chain and the number of its newest row, as of one moment; null = there is none. */
export async function readAuditHead(
  tx: Tx,
  chain: string,
): Promise<{ head: { seq: number; hash: string } | null; lastSeq: number | null }> {
  const [found] = await tx.client.$queryRaw<{ seq: number | null; hash: string | null; lastSeq: number | null }[]>`
    SELECT head."seq", head."hash", (SELECT max("seq") FROM "AuditEntry" WHERE "chain" = ${chain}) AS "lastSeq"
    FROM (SELECT 1) AS one LEFT JOIN "AuditChain" AS head ON head."chain" = ${chain}`;
  const { seq = null, hash = null, lastSeq = null } = found ?? {};
  return { head: seq === null || hash === null ? null : { seq, hash }, lastSeq };
}

/** Rows of a chain with `after` < seq ≤ `upTo`, oldest first, as they were hashed. */
export async function readAuditRows(
  tx: Tx,
  range: { chain: string; after: number; upTo: number; limit: number },
): Promise<AuditRow[]> {
  const rows = await tx.client.auditEntry.findMany({
    where: { chain: range.chain, seq: { gt: range.after, lte: range.upTo } },
    orderBy: { seq: "asc" },
    take: range.limit,
  });
  return rows.map((row) => ({ ...row, at: row.at.toISOString(), actor: row.actor as AuditEntry["actor"] }));
}

type AuditFilter = PageQuery & { tenantId?: string; objectId?: string; action?: string };

export async function listAuditEntries(tx: Tx, filter: AuditFilter): Promise<Page<AuditEntry>> {
  const rows = await tx.client.auditEntry.findMany({
    ...pageArgs(filter),
    where: {
      ...(filter.tenantId ? { tenantId: filter.tenantId } : {}),
      ...(filter.objectId ? { objectId: filter.objectId } : {}),
      ...(filter.action ? { action: { startsWith: filter.action } } : {}),
      ...tenantWhere(tx.scope),
    },
  });
  const page = toPage(rows, filter.limit);
  return {
    ...page,
    items: page.items.map((row) => ({ ...row, at: row.at.toISOString(), actor: row.actor as AuditEntry["actor"] })),
  };
}

// --- people and sessions ---------------------------------------------------------------------------------------

export type Account = {
  id: string;
  email: string;
  name: string;
  passwordHash: string | null;
  staffRole: StaffRole | null;
  disabledAt: Date | null;
  memberships: { tenantId: string; role: TenantRole }[];
};

const ACCOUNT = {
  id: true,
  email: true,
  name: true,
  passwordHash: true,
  staffRole: true,
  disabledAt: true,
  memberships: { select: { tenantId: true, role: true } },
} as const;

export const findAccountByEmail = (tx: Tx, email: string): Promise<Account | null> =>
  tx.client.user.findUnique({ where: { email }, select: ACCOUNT });

/** Platform admins who can sign in, oldest first. */
export const listAdmins = (tx: Tx): Promise<{ id: string; email: string }[]> =>
  tx.client.user.findMany({
    where: { staffRole: "platform_admin", disabledAt: null },
    orderBy: { createdAt: "asc" },
    select: { id: true, email: true },
  });

/** Every user and key that could act as staff or for them, revoked and disabled ones too, with who made each. */
export async function listIdentities(tx: Tx): Promise<Identity[]> {
  const select = { id: true, createdById: true, createdAt: true } as const;
  const users = await tx.client.user.findMany({ select: { ...select, email: true } });
  const keys = await tx.client.apiKey.findMany({ where: { nodeId: null }, select: { ...select, name: true } });
  return [
    ...users.map(({ email, ...user }) => ({ ...user, kind: "user" as const, label: email })),
    ...keys.map(({ name, ...key }) => ({ ...key, kind: "key" as const, label: keyLabel(name) })),
  ];
}

export const findAccount = (tx: Tx, id: string): Promise<Account | null> =>
  tx.client.user.findUnique({ where: { id }, select: ACCOUNT });

/** The account behind a session that is neither expired, revoked nor of a disabled user; also marks it as seen. */
export async function findAccountBySession(tx: Tx, sessionId: string, now: Date): Promise<Account | null> {
  const session = await tx.client.session.findUnique({
    where: { id: sessionId },
    select: { expiresAt: true, revokedAt: true, lastSeenAt: true, user: { select: ACCOUNT } },
  });
  if (!session || session.revokedAt || session.expiresAt <= now || session.user.disabledAt) return null;
  if (now.getTime() - session.lastSeenAt.getTime() > 60_000)
    await tx.client.session.updateMany({ where: { id: sessionId }, data: { lastSeenAt: now } });
  return session.user;
}

export async function createSession(
  tx: Tx,
  session: { id: string; userId: string; userAgent: string | null; createdAt: Date; expiresAt: Date },
): Promise<void> {
  await tx.client.session.create({ data: { ...session, lastSeenAt: session.createdAt }, select: { id: true } });
}

export async function revokeSession(tx: Tx, sessionId: string, now: Date): Promise<void> {
  await tx.client.session.updateMany({ where: { id: sessionId, revokedAt: null }, data: { revokedAt: now } });
}

/** One attempt on a subject at a time, until the transaction ends. */
export async function lockSignIns(tx: Tx, subject: string): Promise<void> {
  await tx.client.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`sign-in ${subject}`}, 0))`;
}

export async function recordFailedSignIn(tx: Tx, subject: string, at: Date): Promise<bigint> {
  const data = { subject, succeeded: false, at };
  return (await tx.client.signInAttempt.create({ data, select: { id: true } })).id;
}

/** The attempts turned out well: they are failures no more. */
export async function markSignInSucceeded(tx: Tx, attemptIds: readonly bigint[]): Promise<void> {
  await tx.client.signInAttempt.updateMany({ where: { id: { in: [...attemptIds] } }, data: { succeeded: true } });
}

export async function recordSignIn(tx: Tx, subject: string, at: Date): Promise<void> {
  await tx.client.signInAttempt.create({ data: { subject, succeeded: true, at }, select: { id: true } });
}

export const hasSignedIn = async (tx: Tx, subject: string, since: Date): Promise<boolean> =>
  (await tx.client.signInAttempt.findFirst({
    where: { subject, succeeded: true, at: { gt: since } },
    select: { id: true },
  })) !== null;

/** Failed attempts on a subject since a moment. @param forgive a success ends what failed before it */
export async function failedSignIns(
  tx: Tx,
  subject: string,
  { since, forgive }: { since: Date; forgive: boolean },
): Promise<{ count: number; lastAt: Date | null }> {
  const lastSuccess = forgive
    ? await tx.client.signInAttempt.findFirst({
        where: { subject, succeeded: true, at: { gte: since } },
        orderBy: { at: "desc" },
        select: { at: true },
      })
    : null;
  const { _count, _max } = await tx.client.signInAttempt.aggregate({
    where: { subject, succeeded: false, at: { gt: lastSuccess?.at ?? since } },
    _count: true,
    _max: { at: true },
  });
  return { count: _count, lastAt: _max.at };
}

type NewUser = {
  id: string;
  email: string;
  name: string;
  passwordHash: string;
  staffRole: StaffRole | null;
  createdById: string | null;
  membership: { id: string; tenantId: string; role: TenantRole } | null;
};

/** @returns null when the e-mail is taken; the transaction is then lost */
export async function createUser(tx: Tx, user: NewUser): Promise<User | null> {
  const { membership, ...data } = user;
  const row = await orTaken(
    tx.client.user.create({
      data: { ...data, ...(membership ? { memberships: { create: [membership] } } : {}) },
      select: { ...ACCOUNT, createdAt: true },
    }),
  );
  return row && toUser(row);
}

const toUser = (row: Account & { createdAt: Date }): User => ({
  id: row.id,
  email: row.email,
  name: row.name,
  staffRole: row.staffRole,
  createdAt: row.createdAt.toISOString(),
  disabledAt: iso(row.disabledAt),
  memberships: row.memberships.map(({ tenantId, role }) => ({ tenantId, role })),
});

export async function listUsers(tx: Tx, query: PageQuery & { tenantId?: string }): Promise<Page<User>> {
  const rows = await tx.client.user.findMany({
    ...pageArgs(query),
    where: query.tenantId ? { memberships: { some: { tenantId: query.tenantId } } } : {},
    select: { ...ACCOUNT, createdAt: true },
  });
  const page = toPage(rows, query.limit);
  return { ...page, items: page.items.map(toUser) };
}

export const tenantNames = (tx: Tx, ids: readonly string[]): Promise<{ id: string; slug: string; name: string }[]> =>
  tx.client.tenant.findMany({ where: { id: { in: [...ids] } }, select: { id: true, slug: true, name: true } });

// --- API keys --------------------------------------------------------------------------------------------------

const KEY_FIELDS = {
  id: true,
  tenantId: true,
  name: true,
  prefix: true,
  scopes: true,
  createdAt: true,
  expiresAt: true,
  revokedAt: true,
  lastUsedAt: true,
} as const;

type KeyRow = Prisma.ApiKeyGetPayload<{ select: typeof KEY_FIELDS }>;

const toApiKey = (row: KeyRow): ApiKey => ({
  ...row,
  createdAt: row.createdAt.toISOString(),
  expiresAt: iso(row.expiresAt),
  revokedAt: iso(row.revokedAt),
  lastUsedAt: iso(row.lastUsedAt),
});

export async function findKeyByPrefix(
  tx: Tx,
  prefix: string,
): Promise<(KeyRow & { hash: string; nodeId: string | null }) | null> {
  return tx.client.apiKey.findUnique({ where: { prefix }, select: { ...KEY_FIELDS, hash: true, nodeId: true } });
}

/** The keys of a node that still work. */
export async function keysOfNode(tx: Tx, nodeId: string): Promise<ApiKey[]> {
  const rows = await tx.client.apiKey.findMany({ where: { nodeId, revokedAt: null }, select: KEY_FIELDS });
  return rows.map(toApiKey);
}

export async function createKeyRow(
  tx: Tx,
  key: {
    id: string;
    tenantId: string | null;
    nodeId?: string;
    name: string;
    prefix: string;
    hash: string;
    scopes: string[];
    createdById: string | null;
    createdAt: Date;
    expiresAt: Date | null;
  },
): Promise<ApiKey> {
  return toApiKey(await tx.client.apiKey.create({ data: key, select: KEY_FIELDS }));
}

export async function listKeys(tx: Tx, query: PageQuery & { tenantId: string | null }): Promise<Page<ApiKey>> {
  const rows = await tx.client.apiKey.findMany({
    ...pageArgs(query),
    where: { tenantId: query.tenantId, ...tenantWhere(tx.scope) },
    select: KEY_FIELDS,
  });
  const page = toPage(rows, query.limit);
  return { ...page, items: page.items.map(toApiKey) };
}

export async function findKey(tx: Tx, id: string): Promise<ApiKey | null> {
  const row = await tx.client.apiKey.findFirst({ where: { id, ...tenantWhere(tx.scope) }, select: KEY_FIELDS });
  return row && toApiKey(row);
}

export async function revokeKeyRow(tx: Tx, id: string, now: Date): Promise<void> {
  await tx.client.apiKey.updateMany({
    where: { id, revokedAt: null, ...tenantWhere(tx.scope) },
    data: { revokedAt: now },
  });
}

/** Moves last uses forward, in one statement; keys that are gone are passed over. */
export async function touchKeys(tx: Tx, uses: readonly { keyId: string; at: Date }[]): Promise<void> {
  await tx.client.$executeRaw`
    UPDATE "ApiKey" AS kept SET "lastUsedAt" = used."at"
    FROM jsonb_to_recordset(${JSON.stringify(uses)}::jsonb) AS used ("keyId" text, "at" timestamptz)
    WHERE kept."id" = used."keyId" AND (kept."lastUsedAt" IS NULL OR kept."lastUsedAt" < used."at")`;
}

/** A minute's precision is enough, and spares a write for each request. */
export async function touchKey(
  tx: Tx,
  { id, lastUsedAt }: Pick<KeyRow, "id" | "lastUsedAt">,
  now: Date,
): Promise<void> {
  const due = new Date(now.getTime() - 60_000);
  if (lastUsedAt !== null && lastUsedAt >= due) return;
  await tx.client.apiKey.updateMany({
    where: { id, OR: [{ lastUsedAt: null }, { lastUsedAt: { lt: due } }] },
    data: { lastUsedAt: now },
  });
}
