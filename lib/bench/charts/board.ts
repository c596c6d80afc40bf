import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "@playwright/test";
import { childEnv } from "#lib/platform/env.ts";
import { projectRoot } from "#lib/platform/project-root.ts";
import { freePorts } from "#lib/platform/supervisor/ports.ts";
import { findBrowser } from "#lib/testbed/find-browser.ts";

/** Eight charts of 24 hours, of which at least six have something to draw. */
const BOARD = "/charts/fleet?range=24h";
const CHARTS = 6;
const READY_MS = 60_000;

type Admin = { email: string; password: string };

/**
 * Seconds from opening the fleet's board, signed in, until all its charts are drawn and the page answers: the product's own
 * web process over a catalog that is filled, in Chromium. The console has to be built.
 * @param url the catalog
 */
export async function timeBoard(url: string, admin: Admin, runs: number, log: (line: string) => void) {
  const dataDir = await mkdtemp(join(tmpdir(), "switchyard-bench-web-"));
  const [port = 0] = await freePorts(1);
  const origin = `http://localhost:${port}`;
  const web = spawn(process.execPath, [join(projectRoot(), "dist", "web.js")], {
    cwd: projectRoot(),
    env: childEnv({
      ...{ NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", PORT: String(port), DATABASE_URL: url },
      ...{ DATA_DIR: dataDir, NEXTAUTH_URL: origin, NEXTAUTH_SECRET: "bench".repeat(8), SECRETS_KEY: "5a".repeat(32) },
      LOG_LEVEL: "error",
    }),
    stdio: "ignore",
  });
  let browser: Browser | null = null;
  try {
    await untilReady(`${origin}/readyz`);
    browser = await openBrowser();
    const page = await browser.newPage({ baseURL: origin, viewport: { width: 1280, height: 800 } });
    await signIn(page, admin);
    const seconds: number[] = [];
    for (let run = 0; run <= runs; run += 1) {
      const took = await openBoard(page);
      log(`board drawn after ${took.toFixed(2)} s${run === 0 ? ", the first time" : ""}`);
      if (run > 0) seconds.push(took);
    }
    return seconds;
  } finally {
    await browser?.close();
    const ended = once(web, "exit");
    if (web.exitCode === null && web.kill("SIGTERM")) await ended;
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function openBrowser(): Promise<Browser> {
  const { executablePath, args, env } = await findBrowser();
  return chromium.launch({ executablePath, args, env: { ...childEnv({}), ...env } });
}

async function untilReady(url: string): Promise<void> {
  const giveUpAt = performance.now() + READY_MS;
  while (performance.now() < giveUpAt) {
    const isReady = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    await new Promise((done) => setTimeout(done, 200));
  }
  throw new Error("the console does not start");
}

async function signIn(page: Page, { email, password }: Admin): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => !url.pathname.includes("sign-in"));
}

/** As text: what compiles this file puts names into functions that the page does not know. */
const IS_DRAWN = `[...document.querySelectorAll("section")].filter((one) => one.querySelector("path.recharts-curve")).length
  >= ${CHARTS} && document.querySelectorAll("[aria-busy=true]").length === 0`;
/** After the next frame and what was queued before it the page takes input again. */
const WHEN_FREE = "new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now()))))";

/** Each time a new document, with what the browser keeps of scripts and styles. */
async function openBoard(page: Page): Promise<number> {
  await page.goto("about:blank");
  await page.goto(BOARD, { waitUntil: "commit" });
  await page.waitForFunction(IS_DRAWN, undefined, { polling: 20 });
  return (await page.evaluate<number>(WHEN_FREE)) / 1000;
}
