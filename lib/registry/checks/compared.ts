import type { Finding } from "../schema.ts";

/** Texts of the files a trainer leaves beside an adapter; null = not UTF-8, absent key = no such file. */
export type BaseFileTexts = Readonly<Record<string, string | null>>;

/** What one file of the base says, and the checksum that the version then stands for; null = nothing is proven. */
export type Compared = { finding: Finding; checksum: string | null };
