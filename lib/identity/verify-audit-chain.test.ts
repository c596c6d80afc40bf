import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AuditContent, auditHash } from "./audit-hash.ts";
import { type AuditRow, CHAIN_START, type ChainEnd, verifyAuditHead, verifyAuditRows } from "./verify-audit-chain.ts";

const content = (seq: number): AuditContent => ({
  id: `aud_${seq}`,
  chain: "ten_1",
  seq,
  at: new Date(Date.UTC(2026, 0, 1, 0, 0, seq)).toISOString(),
  tenantId: "ten_1",
  actor: { kind: "user", id: "usr_1", label: "ann@example.com" },
  action: "tenant.update",
  objectType: "tenant",
  objectId: "ten_1",
  before: { name: `Name ${seq}` },
  after: { name: `Name ${seq + 1}`, limits: [1, 2.5] },
  reason: null,
  requestId: `req_${seq}`,
});
const link = (prevHash: string, row: AuditContent): AuditRow => ({ ...row, prevHash, hash: auditHash(prevHash, row) });

/** A chain of n entries and its head, as `audit` writes them. */
function chainOf(length: number): { rows: AuditRow[]; head: ChainEnd } {
  const rows: AuditRow[] = [];
  let head = CHAIN_START;
  for (let seq = 1; seq <= length; seq += 1) {
    const row = link(head.hash, content(seq));
    rows.push(row);
    head = { seq, hash: row.hash };
  }
  return { rows, head };
}
/** What the whole check comes to: rows first, then the head. */
const verify = (rows: readonly AuditRow[], head: ChainEnd | null) => {
  const { end, problem } = verifyAuditRows(CHAIN_START, rows);
  return problem ?? verifyAuditHead(end, head);
};
const replaceAt = (rows: readonly AuditRow[], index: number, change: (row: AuditRow) => AuditRow) =>
  rows.map((row, at) => (at === index ? change(row) : row));
const withoutIndex = (rows: readonly AuditRow[], index: number) => rows.filter((_row, at) => at !== index);
const contentOf = ({ prevHash: _prevHash, hash: _hash, ...rest }: AuditRow): AuditContent => rest;
const at = (rows: readonly AuditRow[], index: number): AuditRow => {
  const row = rows[index];
  if (!row) throw new Error(`no row ${index}`);
  return row;
};

describe("an untouched chain", () => {
  it.each([0, 1, 7])("of %i entries holds", (length) => {
    const { rows, head } = chainOf(length);
    expect(verify(rows, head)).toBeNull();
  });

  it("holds page by page", () => {
    const { rows, head } = chainOf(7);
    const first = verifyAuditRows(CHAIN_START, rows.slice(0, 4));
    const second = verifyAuditRows(first.end, rows.slice(4));
    expect([first.problem, second.problem, second.end]).toEqual([null, null, head]);
  });
});

describe("a tampered chain", () => {
  const { rows, head } = chainOf(7);

  it.each<[string, (row: AuditRow) => AuditRow]>([
    ["what was done", (row) => ({ ...row, action: "tenant.create" })],
    ["who did it", (row) => ({ ...row, actor: { ...row.actor, label: "bob@example.com" } })],
    ["when", (row) => ({ ...row, at: "2026-01-01T00:00:00.000Z" })],
    ["to what", (row) => ({ ...row, objectId: "ten_2" })],
    ["whose it is", (row) => ({ ...row, tenantId: "ten_2" })],
    ["what it was before", (row) => ({ ...row, before: null })],
    ["what it became", (row) => ({ ...row, after: { name: "Name 4", limits: [1, 2.50001] } })],
    ["the reason", (row) => ({ ...row, reason: "because" })],
    ["the request", (row) => ({ ...row, requestId: "req_0" })],
    ["its id", (row) => ({ ...row, id: "aud_0" })],
    ["only its hash", (row) => ({ ...row, hash: "f".repeat(64) })],
  ])("tells an entry in which %s was altered", (_what, change) => {
    expect(verify(replaceAt(rows, 2, change), head)).toMatchObject({ kind: "altered", seq: 3 });
  });

  it("tells a deleted entry, also the first one", () => {
    expect(verify(withoutIndex(rows, 3), head)).toMatchObject({ kind: "missing", seq: 4, entryId: null });
    expect(verify(withoutIndex(rows, 0), head)).toMatchObject({ kind: "missing", seq: 1 });
  });

  it("tells a deleted entry whose successors were numbered anew", () => {
    const moved = withoutIndex(rows, 3).map((row, index) => ({ ...row, seq: index + 1 }));
    expect(verify(moved, head)).toMatchObject({ kind: "broken_link", seq: 4 });
  });

  it("tells entries that changed places", () => {
    const swapped = [...rows];
    [swapped[2], swapped[4]] = [
      { ...at(rows, 4), seq: 3 },
      { ...at(rows, 2), seq: 5 },
    ];
    expect(verify(swapped, head)).toMatchObject({ kind: "reordered", seq: 3, entryId: "aud_5" });
  });

  it("tells an entry that is there twice", () => {
    expect(verify([...rows.slice(0, 3), ...rows.slice(2)], head)).toMatchObject({ kind: "repeated", seq: 3 });
  });

  it("tells an altered entry that was given a fitting hash", () => {
    const forge = (row: AuditRow) => link(row.prevHash, { ...contentOf(row), action: "tenant.create" });
    expect(verify(replaceAt(rows, 2, forge), head)).toMatchObject({ kind: "broken_link", seq: 4 });
    expect(verify(replaceAt(rows, 6, forge), head)).toMatchObject({ kind: "forged", seq: 7 });
  });

  it("tells a tail that was written anew from a forged entry on", () => {
    let prevHash = at(rows, 1).hash;
    const forged = rows.slice(2).map((row) => {
      const next = link(prevHash, { ...contentOf(row), reason: "forged" });
      prevHash = next.hash;
      return next;
    });
    expect(verify([...rows.slice(0, 2), ...forged], head)).toMatchObject({ kind: "forged", seq: 7 });
  });

  it("tells a cut-off tail, an emptied chain, an entry added by hand and a lost head", () => {
    expect(verify(rows.slice(0, 5), head)).toMatchObject({ kind: "truncated", seq: 6 });
    expect(verify([], head)).toMatchObject({ kind: "truncated", seq: 1 });
    expect(verify([...rows, link(head.hash, content(8))], head)).toMatchObject({ kind: "surplus", seq: 8 });
    expect(verify(rows, null)).toMatchObject({ kind: "head_missing" });
  });

  it("never passes, whichever one value of whichever entry changes", () => {
    const texts = ["id", "chain", "action", "objectType", "objectId", "requestId", "hash", "prevHash"] as const;
    fc.assert(
      fc.property(fc.nat(6), fc.constantFrom(...texts), fc.string({ minLength: 1 }), (index, key, extra) => {
        const changed = replaceAt(rows, index, (row) => ({ ...row, [key]: row[key] + extra }));
        expect(verify(changed, head)).toMatchObject({ seq: index + 1 });
      }),
    );
  });
});
