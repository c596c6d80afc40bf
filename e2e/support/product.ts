import { rawEnv } from "#lib/platform/env.ts";

/** The running product that the browser tests share: where it is and how to get in. */
export type Product = {
  consoleUrl: string;
  gatewayUrl: string;
  /** Where the gateway's and the worker's metrics are. */
  metricsUrls: string[];
  /** Base URLs of the simulated nodes, in the order of the demo fleet. */
  nodeUrls: string[];
  /** Platform admin. */
  email: string;
  password: string;
  apiKey: string;
  /** Holds `processes.json` (ids of the running programs) and `logs/`. */
  dataDir: string;
};

/** Playwright puts what `start-product.ts` announced into this variable. */
const VARIABLE = "SWITCHYARD_E2E";

export const announcement = (product: Product): string =>
  `e2e product: ${Buffer.from(JSON.stringify(product)).toString("base64url")}`;

/** The group's name, in upper case, is the variable. */
export const ANNOUNCEMENT = /e2e product: (?<switchyard_e2e>[\w-]+)/;

/** Null before the product is ready (the configuration is read once before that). */
export function runningProduct(): Product | null {
  const text = rawEnv(VARIABLE);
  return text === undefined ? null : (JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as Product);
}

/** @throws Error outside a Playwright run */
export function product(): Product {
  const running = runningProduct();
  if (!running) throw new Error("The product is not running; start the tests with npx playwright test.");
  return running;
}

/** The signed-in admin's cookies, saved once a run. */
export const ADMIN_SESSION = "node_modules/.cache/switchyard/admin-session.json";

/** A visitor without a session, for `test.use({ storageState: SIGNED_OUT })`. */
export const SIGNED_OUT = { cookies: [], origins: [] };
