import { describe, expect, it } from "vitest";
import type { Finding } from "#lib/registry/schema.ts";
import type { Row } from "#lib/vllm/contract/silent/row.ts";
import type { SeenRow } from "./run-rows.ts";
import { renderSilentFailures } from "./silent-page.ts";

const row = (id: string, more: Partial<Row> = {}): Row => ({
  id,
  group: "values",
  what: "A | B",
  files: () => new Map(),
  expects: { load: "accepted", answers: "as the base" },
  madeFrom: null,
  isSound: false,
  ...more,
});
const seen = (id: string, more: Partial<SeenRow> = {}): SeenRow => ({
  id,
  status: 200,
  message: null,
  listed: true,
  answers: "as the base",
  text: "caf\u00e9 ok",
  others: "unharmed",
  ...more,
});
const error: Finding = {
  code: "no_effect",
  severity: "error",
  title: "",
  message: "",
  fix: "",
  field: null,
  evidence: [],
};

const render = (rows: Row[], seenRows: SeenRow[], findings: Finding[]) =>
  renderSilentFailures({
    rows,
    seen: seenRows,
    findings: new Map(rows.map(({ id }) => [id, findings])),
    version: "0.32.0",
    date: "2026-11-24",
  });

describe("renderSilentFailures", () => {
  it("shows what was seen and what the checks say", () => {
    const page = render([row("zero")], [seen("zero")], [error]);
    expect(page).toContain("| `zero` | A \\| B. | 200 | **as the base** `caf· ok` | unharmed | error `no_effect` |");
    expect(page).toContain("| … loaded in silence and refused by Switchyard | 1 |");
  });

  it("gives the engine's own reason without what its workers wrap around it", () => {
    const wrapped = "Call to add_lora method failed: Worker failed with error 'no such', please check the stack trace";
    const refused = seen("zero", { status: 500, message: wrapped, listed: false, answers: null, text: null });
    const page = render(
      [row("zero", { expects: { load: "refused", status: 500, word: "no such" } })],
      [refused],
      [error],
    );
    expect(page).toContain("| 500 no such | – |");
    expect(page).toContain("| … of these refused by the engine at load | 1 |");
  });

  it("says where an engine or our checks do otherwise than the row", () => {
    const page = render([row("zero")], [seen("zero", { answers: "otherwise" })], []);
    expect(page).toContain("**otherwise than the row says: it answers otherwise, not as the base**");
    expect(page).toContain("**it is not sound, and no check refuses it**");
    expect(page).toContain("| … loaded in silence and refused by Switchyard | 0 |");
  });
});
