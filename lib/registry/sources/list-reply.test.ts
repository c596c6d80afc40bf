import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseErrorReply, parseListReply } from "./list-reply.ts";
import { asFolder, folderBelow, nameIn } from "./source-paths.ts";

const reply = (inside: string) => `<?xml version="1.0"?>\n<ListBucketResult xmlns="x">${inside}</ListBucketResult>`;

describe("parseListReply", () => {
  it("reads objects, folders and the way to the next page", () => {
    const inside =
      "<EncodingType>url</EncodingType><IsTruncated>true</IsTruncated><NextContinuationToken>a&amp;b</NextContinuationToken>" +
      "<Contents><Key>acme/a%20b+c</Key><Owner><ID>1</ID></Owner><Size>12</Size></Contents><Delimiter/>" +
      "<CommonPrefixes><Prefix>acme/sub/</Prefix></CommonPrefixes>";
    expect(parseListReply(reply(inside))).toEqual({
      objects: [{ key: "acme/a b c", sizeBytes: 12 }],
      folders: ["acme/sub/"],
      nextToken: "a&b",
    });
  });

  it("decodes entities where the store did not encode keys for a URL", () => {
    const inside = "<IsTruncated>false</IsTruncated><Contents><Key>a&lt;&#38;&#x41;%20</Key><Size>0</Size></Contents>";
    expect(parseListReply(reply(inside)).objects).toEqual([{ key: "a<&A%20", sizeBytes: 0 }]);
  });

  it.each([
    ["a web page", "<!DOCTYPE html><html><body>Sign in</body></html>"],
    ["entities of its own", '<!DOCTYPE x [<!ENTITY a "aaaa">]><ListBucketResult>&a;</ListBucketResult>'],
    ["half a reply", "<ListBucketResult><Contents><Key>a</Key>"],
    ["crossed elements", "<ListBucketResult><Contents></ListBucketResult></Contents>"],
    ["an object without a size", reply("<Contents><Key>a</Key></Contents>")],
    ["an object of a negative size", reply("<Contents><Key>a</Key><Size>-1</Size></Contents>")],
    ["a page without its end", reply("<IsTruncated>true</IsTruncated>")],
    [
      "a key that is no URL",
      reply("<EncodingType>url</EncodingType><Contents><Key>%zz</Key><Size>1</Size></Contents>"),
    ],
    ["another document", "<Error><Code>AccessDenied</Code></Error>"],
    ["nothing", ""],
    ["JSON", "{}"],
    ["depth without end", "<a>".repeat(100_000)],
  ])("refuses %s", (_what, text) => {
    expect(() => parseListReply(text)).toThrow();
  });

  it("either reads or refuses any text, and soon", () => {
    const piece = fc.constantFrom(
      "<ListBucketResult>",
      "</ListBucketResult>",
      "<Contents>",
      "</Contents>",
      "<Key>",
      "</Key>",
      "<",
      ">",
      "&",
      "&#9;",
      "%",
      "<a/>",
      "<!--",
      "]]>",
      "x",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        try {
          expect(parseListReply(pieces.join("")).objects).toBeInstanceOf(Array);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

it("reads an error's code, and none from a page", () => {
  expect(parseErrorReply("<Error><Code>NoSuchKey</Code><Message>a &lt; b</Message></Error>")).toEqual({
    code: "NoSuchKey",
    message: "a < b",
  });
  expect(parseErrorReply("<html><p>502</html>").code).toBeNull();
});

it("stays below its prefix: a name that only starts the same is another folder", () => {
  expect(folderBelow("tenants", "acme/bot")).toBe("tenants/acme/bot/");
  expect(asFolder("")).toBe("");
  expect(nameIn("tenants/acme/", "tenants/acme-secret/x")).toBeNull();
  expect(nameIn("tenants/acme/", "tenants/acme/x")).toBe("x");
  expect(nameIn("tenants/acme/", "tenants/acme/deep/x")).toBeNull();
  expect(nameIn("tenants/acme/", "tenants/acme/sub/")).toBe("sub");
  expect(nameIn("tenants/acme/", "tenants/acme/")).toBeNull();
});
