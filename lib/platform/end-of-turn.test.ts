import { expect, it } from "vitest";
import { atEndOfTurn } from "./end-of-turn.ts";

it("does what was put off in one go and in order, when what is at hand is done", async () => {
  const done: string[] = [];
  atEndOfTurn(() => done.push("first"));
  atEndOfTurn(() => {
    done.push("second");
    atEndOfTurn(() => done.push("put off meanwhile"));
  });
  await Promise.resolve();
  done.push("at hand");
  await new Promise((resolve) => setImmediate(resolve));
  expect(done).toEqual(["at hand", "first", "second"]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(done.at(-1)).toBe("put off meanwhile");
});
