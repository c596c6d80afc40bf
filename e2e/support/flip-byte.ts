import { chmod, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { product } from "./product.ts";

/** Damages the first version in an adapter's folder of the store (`<tenant>--<adapter>`), as a failing disk would. */
export async function flipByte(adapter: string): Promise<void> {
  const folder = join(product().dataDir, "adapters", adapter);
  const [digest = ""] = await readdir(folder);
  const file = join(folder, digest, "adapter_model.safetensors");
  const bytes = await readFile(file);
  bytes[bytes.length - 100] = (bytes[bytes.length - 100] ?? 0) ^ 1;
  await chmod(file, 0o644);
  await writeFile(file, bytes);
}
