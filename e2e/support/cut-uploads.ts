import type { Page, Route } from "@playwright/test";

const UPLOADS = "**/api/v1/uploads/**";

export type UploadLine = {
  /** Chunks that reached the server, with their sizes in bytes. */
  sent: number[];
  /** The next so many chunks are lost on the way. */
  cutNext: (count: number) => void;
  /** After this many more bytes, chunks wait until they are released. */
  hold: (afterBytes?: number) => void;
  release: () => void;
};

/** Stands between the browser and the server, and loses or holds chunks of uploads as a test wants it. */
export async function watchUploads(page: Page): Promise<UploadLine> {
  const sent: number[] = [];
  let cuts = 0;
  let left = Number.POSITIVE_INFINITY;
  let gate = Promise.resolve();
  let open = () => {};
  await page.route(UPLOADS, async (route: Route) => {
    if (route.request().method() !== "PATCH") return route.continue();
    if (left <= 0) await gate;
    if (cuts > 0) {
      cuts -= 1;
      return route.abort("connectionreset");
    }
    const size = Number(
      route.request().headers()["content-length"] ?? route.request().postDataBuffer()?.byteLength ?? 0,
    );
    sent.push(size);
    left -= size;
    return route.continue();
  });
  return {
    sent,
    cutNext: (count) => {
      cuts = count;
    },
    hold: (afterBytes = 0) => {
      left = afterBytes;
      gate = new Promise((resolve) => {
        open = resolve;
      });
    },
    release: () => {
      left = Number.POSITIVE_INFINITY;
      open();
    },
  };
}
