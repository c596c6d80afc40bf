import { createHash, createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export const KEY = { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "a/secret+with=signs" };
const REGION = "eu-central-1";
const MAX_SKEW_MS = 15 * 60_000;

/** What the bucket does instead of answering, to the next `times` requests whose path or query matches. */
export type Fault = { on: RegExp; times: number; answer: (response: ServerResponse, bytes: Buffer) => void };

export type FakeS3 = {
  endpoint: string;
  bucket: string;
  region: string;
  objects: Map<string, Uint8Array>;
  faults: Fault[];
  /** Paths with query that were asked for, refused ones too. */
  asked: string[];
  close(): Promise<void>;
};

/**
 * Two calls of S3 on one bucket, as its documentation has them: ListObjectsV2 and GetObject, path style. It verifies
 * each signature with arithmetic of its own and answers errors in S3's words.
 */
export async function startFakeS3(bucket = "exports"): Promise<FakeS3> {
  const objects = new Map<string, Uint8Array>();
  const faults: Fault[] = [];
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    const problem = signatureProblem(request);
    if (problem) return fail(response, 403, problem);
    const url = new URL(request.url ?? "/", "http://fake");
    const [, name, ...rest] = url.pathname.split("/").map(decodeURIComponent);
    if (name !== bucket) return fail(response, 404, "NoSuchBucket");
    const key = rest.join("/");
    const fault = faults.find(({ on, times }) => times > 0 && on.test(decodeURIComponent(request.url ?? "")));
    if (fault) {
      fault.times -= 1;
      return fault.answer(response, Buffer.from(objects.get(key) ?? []));
    }
    if (url.searchParams.get("list-type") === "2") return list(response, objects, url.searchParams);
    const bytes = objects.get(key);
    if (bytes === undefined) return fail(response, 404, "NoSuchKey");
    response.writeHead(200, { "content-length": bytes.byteLength, "content-type": "binary/octet-stream" });
    response.end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    bucket,
    region: REGION,
    objects,
    faults,
    asked,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

export function fail(response: ServerResponse, status: number, code: string, headers: Record<string, string> = {}) {
  response.writeHead(status, { "content-type": "application/xml", ...headers });
  response.end(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>No &lt;b&gt;</Message></Error>`,
  );
}

function list(response: ServerResponse, objects: ReadonlyMap<string, Uint8Array>, query: URLSearchParams): void {
  const prefix = query.get("prefix") ?? "";
  const after = query.get("continuation-token") ?? "";
  const most = Number(query.get("max-keys") ?? 1000);
  const entries = [
    ...new Set([...objects.keys()].filter((key) => key.startsWith(prefix)).map((key) => entryOf(key, prefix))),
  ];
  const rest = entries.sort().filter((entry) => entry > after);
  const page = rest.slice(0, most);
  const encode = (text: string) => encodeURIComponent(text).replaceAll("%2F", "/");
  const shown = page.map((entry) =>
    objects.has(entry)
      ? `<Contents><Key>${encode(entry)}</Key><LastModified>2026-11-24T00:00:00.000Z</LastModified><ETag>&quot;e&quot;</ETag><Size>${objects.get(entry)?.byteLength}</Size></Contents>`
      : `<CommonPrefixes><Prefix>${encode(entry)}</Prefix></CommonPrefixes>`,
  );
  const isTruncated = rest.length > page.length;
  const token = isTruncated ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : "";
  response.writeHead(200, { "content-type": "application/xml" });
  response.end(
    `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><Prefix>${encode(prefix)}</Prefix><EncodingType>url</EncodingType><IsTruncated>${isTruncated}</IsTruncated>${token}${shown.join("")}</ListBucketResult>`,
  );
}

/** The object itself, or the folder it stands in. */
function entryOf(key: string, prefix: string): string {
  const slash = key.indexOf("/", prefix.length);
  return slash === -1 ? key : key.slice(0, slash + 1);
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();
const uriEncode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/** Signature Version 4 as AWS describes it, computed from what arrived. @returns S3's code for what is wrong */
function signatureProblem(request: IncomingMessage): string | null {
  const { authorization = "" } = request.headers;
  const parts =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      authorization,
    );
  if (!parts) return "AccessDenied";
  const [, accessKeyId, day = "", region = "", signedHeaders = "", signature] = parts;
  if (accessKeyId !== KEY.accessKeyId) return "InvalidAccessKeyId";
  if (region !== REGION) return "AuthorizationHeaderMalformed";
  const headerOf = (name: string) =>
    String(request.headers[name] ?? "")
      .trim()
      .replace(/ +/g, " ");
  const stamp = headerOf("x-amz-date");
  const at = Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  if (!(Math.abs(Date.now() - at) < MAX_SKEW_MS) || !stamp.startsWith(day)) return "RequestTimeTooSkewed";
  const names = signedHeaders.split(";");
  if (!names.includes("host") || !names.includes("x-amz-date")) return "AccessDenied";
  const url = new URL(request.url ?? "/", "http://fake");
  const query = [...url.searchParams]
    .map(([name, value]) => `${uriEncode(name)}=${uriEncode(value)}`)
    .sort()
    .join("&");
  const path = url.pathname
    .split("/")
    .map((part) => uriEncode(decodeURIComponent(part)))
    .join("/");
  const headers = names.map((name) => `${name}:${headerOf(name)}\n`).join("");
  const canonical = [request.method, path, query, headers, signedHeaders, headerOf("x-amz-content-sha256")].join("\n");
  const scope = `${day}/${region}/s3/aws4_request`;
  const key = ["s3", "aws4_request"].reduce(
    (derived: Buffer, part) => hmac(derived, part),
    hmac(hmac(`AWS4${KEY.secretAccessKey}`, day), region),
  );
  const expected = hmac(key, ["AWS4-HMAC-SHA256", stamp, scope, sha256(canonical)].join("\n")).toString("hex");
  return expected === signature ? null : "SignatureDoesNotMatch";
}
