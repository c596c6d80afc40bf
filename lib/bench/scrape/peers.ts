import { join } from "node:path";
import { CACHE, fetchDebian, firstLine, firstOf } from "../gateway/peer-programs.ts";

/** @param fetch brings Debian's package if it is missing, without installing it. @returns the program; null = it is not here */
export async function findPrometheus(fetch: boolean, say: (line: string) => void): Promise<string | null> {
  const debian = join(CACHE, "debian");
  const find = () => firstOf("prometheus", [join(debian, "usr", "bin")]);
  if (fetch && (await find()) === null)
    await fetchDebian(debian, ["prometheus"]).catch((error) =>
      say(`Prometheus could not be fetched: ${firstLine(error)}`),
    );
  return find();
}
