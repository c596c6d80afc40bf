import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";

/** Text that only server code contains. */
const SERVER_TEXT = [
  "DATABASE_URL",
  "SECRETS_KEY",
  "ADMIN_API_KEY",
  "postgresql://",
  "PrismaClient",
  "pg_notify",
  "SET LOCAL ROLE",
];

const chunks = (): string[] =>
  readdirSync(join(".next", "static"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".js"))
    .map((path) => join(".next", "static", path));

test("no server code is in the browser's files", () => {
  const files = chunks();
  expect(files.length).toBeGreaterThan(10);
  const found = files.flatMap((path) => {
    const text = readFileSync(path, "utf8");
    return SERVER_TEXT.filter((each) => text.includes(each)).map((each) => `${path}: ${each}`);
  });
  expect(found).toEqual([]);
});
