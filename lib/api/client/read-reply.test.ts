import { describe, expect, it } from "vitest";
import type { Problem } from "#lib/http/schema.ts";
import { ApiError, readReply } from "../client.ts";

const problemOf = async (body: string, type = "application/problem+json"): Promise<Problem> => {
  const response = new Response(body, { status: 503, headers: { "content-type": type } });
  const error = await readReply(response).catch((thrown: unknown) => thrown);
  if (!(error instanceof ApiError)) throw new Error("it was not refused");
  return error.problem;
};

describe("a refusal", () => {
  it("is the problem that the API sent", async () => {
    const sent: Problem = {
      ...{ type: "/help/errors#unavailable", title: "Unavailable", status: 503, code: "unavailable", fix: "Wait." },
      ...{ detail: "The database does not answer.", requestId: "req_1", errors: [] },
    };
    expect(await problemOf(JSON.stringify(sent))).toEqual(sent);
  });

  it("of a proxy in between has every field that the console shows", async () => {
    expect(await problemOf(`{"title":"Upstream timed out","status":503,"errors":null}`)).toEqual({
      ...{ type: "about:blank", title: "Upstream timed out", status: 503, code: "no_answer", errors: [] },
      ...{ detail: "The server answered 503 without saying why.", fix: "Try again.", requestId: "" },
    });
  });

  it.each([
    ["no JSON", "<html>"],
    ["a list", "[]"],
    ["null", "null"],
    ["nothing", ""],
  ])("whose problem is %s says what is known", async (_, body) => {
    expect(await problemOf(body)).toMatchObject({ title: "No answer", status: 503, errors: [] });
  });

  it("without a problem says what is known", async () => {
    expect(await problemOf("<html>", "text/html")).toMatchObject({ title: "No answer", code: "no_answer" });
  });
});
