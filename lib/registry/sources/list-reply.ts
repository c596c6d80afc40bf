/** One page of a bucket's listing; keys are whole, from the bucket's top. */
export type ListPage = {
  objects: { key: string; sizeBytes: number }[];
  /** Prefixes that end with a slash: folders. */
  folders: string[];
  /** Asks for the next page; null = that was all. */
  nextToken: string | null;
};

const TOKEN = /<(\/?)([A-Za-z][A-Za-z0-9]*)(?:\s(?:[^<>"']|"[^"<]*"|'[^'<]*')*?)?(\/?)>|([^<]+)/gy;
const PROLOG = /^\uFEFF?\s*(<\?xml[^<>]*\?>\s*)?/;
const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/** Five names and numbers are all the entities there are without a DTD, and a DTD is refused. */
const decodeEntities = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|([a-z]+));/g, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10_ffff ? String.fromCodePoint(code) : whole;
  });

/**
 * Walks the elements of an XML text without attributes that matter: calls back with the path and the text of each leaf.
 * Refuses everything that an S3 reply has no use for: DTDs, comments, sections, unbalanced elements.
 * @throws Error when it is no such text
 */
export function readLeaves(xml: string, onLeaf: (path: string, text: string) => void, onEnd?: (path: string) => void) {
  const path: string[] = [];
  let text = "";
  let isLeaf = false;
  TOKEN.lastIndex = PROLOG.exec(xml)?.[0].length ?? 0;
  while (TOKEN.lastIndex < xml.length) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(xml);
    if (token === null) throw new Error(`there is no element at character ${at}`);
    const [, closing, name = "", selfClosing, content] = token;
    if (content !== undefined) {
      text += content;
      continue;
    }
    if (closing === "") {
      path.push(name);
      if (path.length > 10) throw new Error("elements are nested too deeply");
      [text, isLeaf] = ["", true];
    }
    if (closing === "/" || selfClosing === "/") {
      if (path.at(-1) !== name) throw new Error(`${name} ends without a start`);
      if (isLeaf) onLeaf(path.join("/"), decodeEntities(text));
      onEnd?.(path.join("/"));
      path.pop();
      isLeaf = false;
    }
  }
  if (path.length > 0) throw new Error(`${path.at(-1)} has no end`);
}

const ROOT = "ListBucketResult";

/**
 * Reads the reply to ListObjectsV2 with `encoding-type=url`.
 * @throws Error when it is something else: a proxy's page, half a reply, a bucket that claims odd sizes
 */
export function parseListReply(xml: string): ListPage {
  const page: ListPage = { objects: [], folders: [], nextToken: null };
  let [isTruncated, isUrlEncoded, hasRoot] = [false, false, false];
  let object: { key: string | null; size: string | null } = { key: null, size: null };
  const raw: { objects: { key: string; sizeBytes: number }[]; folders: string[] } = { objects: [], folders: [] };
  readLeaves(
    xml,
    (path, text) => {
      if (path === `${ROOT}/IsTruncated`) isTruncated = text === "true";
      else if (path === `${ROOT}/EncodingType`) isUrlEncoded = text === "url";
      else if (path === `${ROOT}/NextContinuationToken`) page.nextToken = text;
      else if (path === `${ROOT}/CommonPrefixes/Prefix`) raw.folders.push(text);
      else if (path === `${ROOT}/Contents/Key`) object.key = text;
      else if (path === `${ROOT}/Contents/Size`) object.size = text;
    },
    (path) => {
      if (path === ROOT) hasRoot = true;
      if (path !== `${ROOT}/Contents`) return;
      if (object.key === null || !/^\d{1,15}$/.test(object.size ?? ""))
        throw new Error("an object has no key or no size");
      raw.objects.push({ key: object.key, sizeBytes: Number(object.size) });
      object = { key: null, size: null };
    },
  );
  if (!hasRoot) throw new Error("it is not a bucket listing");
  const decode = (text: string) => (isUrlEncoded ? decodeURIComponent(text.replaceAll("+", " ")) : text);
  if (!isTruncated) page.nextToken = null;
  else if (page.nextToken === null) throw new Error("it says that there is more, and not how to ask for it");
  page.objects = raw.objects.map(({ key, sizeBytes }) => ({ key: decode(key), sizeBytes }));
  page.folders = raw.folders.map(decode);
  return page;
}

/** `Code` and `Message` of an S3 error, as far as there are any. */
export function parseErrorReply(xml: string): { code: string | null; message: string | null } {
  const found: { code: string | null; message: string | null } = { code: null, message: null };
  try {
    readLeaves(xml, (path, text) => {
      if (path === "Error/Code") found.code = text.slice(0, 80);
      if (path === "Error/Message") found.message = text.slice(0, 300);
    });
  } catch {
    // an HTML page of some proxy: the status says enough
  }
  return found;
}
