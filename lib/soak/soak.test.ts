import { expect, it } from "vitest";
import { runSoak } from "./run-soak.ts";

/** The soaks' own code at below 1 %, with all its processes: what they find counts, not their figures. */
const SCALES = { isolation: 0.0005, gateway: 0.004, chaos: 0.008, fuzz: 0.005 };

it.each(Object.entries(SCALES))(
  "finds nothing wrong in a short run of %s",
  async (name, scale) => {
    const said: string[] = [];
    const printed: string[] = [];
    const status = await runSoak([name, "--scale", String(scale), "--seed", "7"], {
      log: (line) => said.push(line),
      print: (line) => printed.push(line),
    });
    expect({ status, said, printed }).toMatchObject({ status: 0, printed: [expect.stringMatching(/^ok soak /)] });
  },
  120_000,
);

it("says how it is called when it is called wrongly", async () => {
  const said: string[] = [];
  const out = { log: (line: string) => said.push(line), print: () => {} };
  expect(await runSoak(["nothing"], out)).toBe(2);
  expect(await runSoak(["chaos", "--scale", "-1"], out)).toBe(2);
  expect(said[0]).toContain("npm run soak --");
});
