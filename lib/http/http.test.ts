import { describe, expect, it } from "vitest";
import * as z from "zod";
import { AppError } from "#lib/platform/errors.ts";
import { decodeCursor, encodeCursor, toPage } from "./cursor.ts";
import { parseIfMatch, tagOf } from "./etag.ts";
import { toProblem } from "./problem.ts";
import { parseSignature } from "./route.ts";
import { parseInput, readJson } from "./validate.ts";

const id = (digit: string) => `ten_${digit.repeat(32)}`;

describe("cursors", () => {
  it("lead to the next page and end with null", () => {
    const rows = [{ id: id("1") }, { id: id("2") }, { id: id("3") }];
    const page = toPage(rows, 2);
    expect(page.items).toHaveLength(2);
    expect(decodeCursor(page.nextCursor ?? "")).toBe(id("2"));
    expect(toPage(rows, 3).nextCursor).toBeNull();
  });

  it.each(["", "x", encodeCursor("ten_1' OR 1=1"), "%%%"])("refuse %j", (cursor) => {
    expect(() => decodeCursor(cursor)).toThrow(AppError);
  });
});

describe("If-Match", () => {
  it("carries the generation that was read", () => {
    expect(parseIfMatch(tagOf({ generation: 7 }) ?? "")).toBe(7);
    expect(tagOf({ items: [] })).toBeNull();
  });

  it("is demanded, and refused when it cannot be ours", () => {
    expect(() => parseIfMatch(undefined)).toThrow(expect.objectContaining({ code: "precondition_required" }));
    expect(() => parseIfMatch('"abc"')).toThrow(expect.objectContaining({ code: "stale" }));
  });
});

describe("problems", () => {
  it("never leak what an unexpected error said", () => {
    const problem = toProblem(new Error("password=hunter2"), "req_1");
    expect(problem).toMatchObject({ status: 500, code: "internal", requestId: "req_1" });
    expect(JSON.stringify(problem)).not.toContain("hunter2");
  });
});

describe("input", () => {
  it("is refused field by field", () => {
    const schema = z.strictObject({ name: z.string().min(2), rank: z.enum(["8", "16"]) });
    try {
      parseInput(schema, { name: "a", rank: "12" });
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({
        code: "invalid",
        fields: [{ field: "name" }, { field: "rank", fix: "Use one of: 8, 16." }],
      });
    }
  });

  const post = (body: string, type = "application/json") =>
    new Request("http://x", { method: "POST", body, headers: { "content-type": type } });

  it("must be JSON, valid and small", async () => {
    expect(await readJson(post('{"a":1}'), 100)).toEqual({ a: 1 });
    await expect(readJson(post("a=1", "text/plain"), 100)).rejects.toMatchObject({ code: "unsupported_media_type" });
    await expect(readJson(post("{"), 100)).rejects.toMatchObject({ reason: "bad_json" });
    await expect(readJson(post(`"${"x".repeat(200)}"`), 100)).rejects.toMatchObject({ code: "too_large" });
  });
});

it("signatures name method and path", () => {
  expect(parseSignature("GET /tenants/{tenantId}")).toEqual({ method: "GET", path: "/tenants/{tenantId}" });
});
