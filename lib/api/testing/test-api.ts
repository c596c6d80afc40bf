import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Actor } from "#lib/identity/actor.ts";
import { bootstrapAdmin } from "#lib/identity/bootstrap.ts";
import { type Deps, systemWrite } from "#lib/identity/ctx.ts";
import { createApiKey } from "#lib/identity/manage-keys.ts";
import type { KeyScope } from "#lib/identity/schema.ts";
import { systemClock } from "#lib/platform/clock.ts";
import { silentLog } from "#lib/platform/log.ts";
import { createOutbound } from "#lib/platform/outbound.ts";
import { createSecrets } from "#lib/platform/secrets.ts";
import { createTestDatabase } from "#lib/platform/testing/test-database.ts";
import { unlockStore } from "#lib/registry/testing/unlock-store.ts";
import { createApp } from "../app.ts";
import { type Client, createClient } from "../client.ts";

const ADMIN_KEY = "test-admin-key-0123456789-0123456789-0123456789";

export type TestApi = {
  deps: Deps;
  /** DATABASE_URL of this test's own database, for processes under test. */
  databaseUrl: string;
  /** Acts as platform admin. */
  admin: Client;
  adminKey: string;
  /** A client with a key of its own. */
  clientWith(scopes: KeyScope[], tenantId?: string | null): Promise<Client>;
  keyWith(scopes: KeyScope[], tenantId?: string | null): Promise<string>;
  /** The bare handler, for headers and raw bodies. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Signs requests without an Authorization header in as this actor, as a browser's cookie would. */
  signInAs(actor: Actor | null): void;
  close(): Promise<void>;
};

/** The real API on a real database of its own, without the web server around it. */
export async function createTestApi(overrides: Partial<Deps> = {}): Promise<TestApi> {
  const database = await createTestDatabase();
  const adapterStore = await mkdtemp(join(tmpdir(), "switchyard-store-"));
  const deps: Deps = {
    db: database.db,
    clock: systemClock,
    log: silentLog,
    secrets: createSecrets("5a".repeat(32)),
    outbound: createOutbound(),
    adapterStore,
    gatewayUrl: "http://127.0.0.1:1",
    ...overrides,
  };
  let browser: Actor | null = null;
  const app = createApp(deps, async () => browser);
  await bootstrapAdmin(deps, { email: "admin@example.com", password: "correct horse battery", apiKey: ADMIN_KEY });
  const request = async (path: string, init?: RequestInit) => app.fetch(new Request(`http://localhost${path}`, init));
  const clientFor = (apiKey: string): Client =>
    createClient({
      baseUrl: "http://localhost",
      apiKey,
      fetch: async (input, init) => app.fetch(new Request(input, init)),
    });
  const keyWith = (scopes: KeyScope[], tenantId: string | null = null) =>
    systemWrite(deps, "test", (ctx) =>
      createApiKey(ctx, { name: scopes.join("+"), scopes, expiresInDays: null, tenantId }),
    ).then((created) => created.key);
  return {
    deps,
    databaseUrl: database.url,
    admin: clientFor(ADMIN_KEY),
    adminKey: ADMIN_KEY,
    keyWith,
    clientWith: async (scopes, tenantId = null) => clientFor(await keyWith(scopes, tenantId)),
    fetch: request,
    signInAs: (actor) => {
      browser = actor;
    },
    close: async () => {
      await deps.outbound.close();
      await database.close();
      await unlockStore(adapterStore);
      await rm(adapterStore, { recursive: true, force: true });
    },
  };
}
