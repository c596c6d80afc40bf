import type { Page, Route } from "@playwright/test";

const UPLOADS = "**/api/v1/uploads/**";

export type UploadLine = {
  /** Chunks that reached the server, with their sizes in bytes. */
  sent: number[];
  /** The next so many chunks are lost on the way. */
  cutNext: (count: number) => void;
  /** Chunks wait until they are let go. */
  hold: () => void;
  release: () => void;
};

/** Stands between the browser and the server, and loses or holds chunks of uploads as a test wants it. */
export async function watchUploads(page: Page): Promise<UploadLine> {
  const sent: number[] = [];
  let cuts = 0;
  let gate: Promise<void> | null = null;
  let open = () => {};
  await page.route(UPLOADS, async (route: Route) => {
    if (route.request().method() !== "PATCH") return route.continue();
    await gate;
    if (cuts > 0) {
      cuts -= 1;
      return route.abort("connectionreset");
    }
    sent.push(Number(route.request().headers()["content-length"] ?? route.request().postDataBuffer()?.byteLength ?? 0));
    return route.continue();
  });
  return {
    sent,
    cutNext: (count) => {
      cuts = count;
    },
    hold: () => {
      gate = new Promise((resolve) => {
        open = resolve;
      });
    },
    release: () => {
      gate = null;
      open();
    },
  };
}
