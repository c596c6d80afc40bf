import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { assertDiskSpace, diskWarning, freeBytes } from "./disk.ts";

describe("disk space", () => {
  it("is measured where the folder would be, also before it exists", async () => {
    expect(await freeBytes(join(tmpdir(), "not", "yet"))).toBeGreaterThan(0);
    await expect(assertDiskSpace(join(tmpdir(), "not", "yet"))).resolves.toBeUndefined();
  });

  it("says how much there is, how much is needed and what to do", () => {
    expect(diskWarning(123_456_789, "/data")).toBe(
      "The disk is nearly full: 123 MB free for /data, at least 500 MB are needed. " +
        "Free some space, or set DATA_DIR to a folder on another disk.",
    );
    expect(diskWarning(500_000_000, "/data")).toBeNull();
  });
});
