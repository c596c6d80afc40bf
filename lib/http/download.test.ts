import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "#lib/platform/errors.ts";
import { type Download, downloadReply, parseRange } from "./download.ts";

describe("a range", () => {
  it.each([
    [null, null],
    ["bytes=0-", { start: 0, end: 9 }],
    ["bytes=3-5", { start: 3, end: 5 }],
    ["bytes=3-99", { start: 3, end: 9 }],
    ["bytes=-4", { start: 6, end: 9 }],
    ["bytes=-99", { start: 0, end: 9 }],
    ["bytes=10-", "unsatisfiable"],
    ["bytes=-0", "unsatisfiable"],
    ["bytes=5-3", null],
    ["bytes=-", null],
    ["bytes=0-1,3-4", null],
    ["lines=0-1", null],
    ["bytes=0x1-2", null],
  ])("%s of ten bytes", (header, expected) => {
    expect(parseRange(header, 10)).toEqual(expected);
  });

  it("never leaves the file, whatever the header", () => {
    const header = fc.oneof(
      fc.string(),
      fc.tuple(fc.nat(), fc.nat()).map(([a, b]) => `bytes=${a}-${b}`),
      fc.nat().map((n) => `bytes=-${n}`),
    );
    fc.assert(
      fc.property(header, fc.nat(), (text, size) => {
        const range = parseRange(text, size);
        if (range === null || range === "unsatisfiable") return;
        expect(range.start).toBeGreaterThanOrEqual(0);
        expect(range.end).toBeGreaterThanOrEqual(range.start);
        expect(range.end).toBeLessThan(size);
      }),
    );
  });
});

describe("a download", () => {
  const bytes = new TextEncoder().encode("0123456789");
  const download: Download = {
    sizeBytes: 10,
    etag: "abc",
    open: async (start, end) => new Blob([bytes.subarray(start, end + 1)]).stream(),
  };
  const ask = (headers: Record<string, string> = {}, from = download) =>
    downloadReply(new Request("http://x/file", { headers }), from, "req_1");

  it("is whole, with its length and name", async () => {
    const reply = await ask();
    expect(reply.status).toBe(200);
    expect(Object.fromEntries(reply.headers)).toMatchObject({
      "content-length": "10",
      "accept-ranges": "bytes",
      etag: '"abc"',
    });
    expect(await reply.text()).toBe("0123456789");
  });

  it("goes on where an earlier one broke off, if the bytes are still the same", async () => {
    const rest = await ask({ range: "bytes=7-", "if-range": '"abc"' });
    expect([rest.status, rest.headers.get("content-range")]).toEqual([206, "bytes 7-9/10"]);
    expect(await rest.text()).toBe("789");
    const other = await ask({ range: "bytes=7-", "if-range": '"old"' });
    expect([other.status, await other.text()]).toEqual([200, "0123456789"]);
  });

  it("says how long the file is to whoever asks beyond it", async () => {
    const reply = await ask({ range: "bytes=10-" });
    expect([reply.status, reply.headers.get("content-range")]).toEqual([416, "bytes */10"]);
    expect(await reply.json()).toMatchObject({ code: "range_not_satisfiable" });
  });

  it("of an empty file has no body", async () => {
    const reply = await ask({}, { ...download, sizeBytes: 0, open: () => Promise.reject(new Error("opened")) });
    expect([reply.status, reply.headers.get("content-length"), await reply.text()]).toEqual([200, "0", ""]);
  });

  it("fails before its head when the file cannot be read", async () => {
    const gone = { ...download, open: () => Promise.reject(new AppError("unavailable", "gone")) };
    await expect(ask({}, gone)).rejects.toMatchObject({ code: "unavailable" });
  });
});
