"use client";

import { useState } from "react";
import { CopyBlock } from "../ui/copy.tsx";
import { Segments } from "../ui/segments.tsx";
import { asCurl, asPython, type TrySample } from "./snippets.ts";

const LANGUAGES = [
  { key: "curl", label: "curl" },
  { key: "python", label: "Python" },
] as const;

/** The request as a customer's program sends it, to copy. */
export function AsProgram({ gatewayUrl, sample }: { gatewayUrl: string; sample: TrySample }) {
  const [language, setLanguage] = useState<(typeof LANGUAGES)[number]["key"]>("curl");
  const text = language === "curl" ? asCurl(gatewayUrl, sample) : asPython(gatewayUrl, sample);
  return (
    <details className="rounded-card border">
      <summary className="cursor-pointer px-4 py-2 text-sm text-fg-2 pointer-coarse:py-3">As a program</summary>
      <div className="flex flex-col gap-2 px-4 pb-3">
        <Segments label="Language" options={LANGUAGES} value={language} onChange={setLanguage} />
        <CopyBlock text={text} label={`Copy as ${language === "curl" ? "curl" : "Python"}`} />
        <p className="text-xs text-fg-3">$API_KEY is a key of the tenant with the scope inference.</p>
      </div>
    </details>
  );
}
