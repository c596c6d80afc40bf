import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { singleFlight } from "./single-flight.ts";

describe("singleFlight", () => {
  it("runs the same input once while it is under way, another beside it, and the same again afterwards", async () => {
    const asked: string[] = [];
    const ends: (() => void)[] = [];
    const run = singleFlight((input: { name: string }) => {
      asked.push(input.name);
      return new Promise<number>((resolve) => ends.push(() => resolve(asked.length)));
    });
    const [first, second, other] = [run({ name: "a" }), run({ name: "a" }), run({ name: "b" })];
    expect(asked).toEqual(["a", "b"]);
    for (const end of ends.splice(0)) end();
    expect(await first).toBe(await second);
    await other;
    const again = run({ name: "a" });
    expect(asked).toEqual(["a", "b", "a"]);
    ends[0]?.();
    await again;
  });

  it("lets a call that failed be tried again", async () => {
    let calls = 0;
    const run = singleFlight(async (_input: null) => {
      calls += 1;
      throw new Error("refused");
    });
    await expect(run(null)).rejects.toThrow("refused");
    await expect(run(null)).rejects.toThrow("refused");
    expect(calls).toBe(2);
  });

  it("stands before every change that a screen makes", () => {
    const files = readdirSync("components", { recursive: true, encoding: "utf8" }).filter((file) =>
      /\.tsx?$/.test(file),
    );
    const direct = files.filter((file) => {
      const text = readFileSync(`components/${file}`, "utf8");
      return (
        /useMutation\(|api\.call\(\s*"(POST|PUT|PATCH|DELETE)/.test(text) && !/singleFlight|useSingleFlight/.test(text)
      );
    });
    // a file's bytes are sent by loops that start once, and are paused, resumed and counted there
    expect(direct.sort()).toEqual(["intake/import/use-send-folders.ts", "intake/upload/use-add-version.ts"]);
  });
});
