"use client";

import { useRouter } from "next/navigation";
import type { ComponentProps } from "react";
import { api } from "#lib/api/client.ts";
import { searchTarget } from "#lib/registry/browser/search-target.ts";
import { SearchInput } from "./search-input.tsx";
import { notify } from "./toast.tsx";

/** A list's search field; Enter opens what a pasted id, digest or lora name names exactly. */
export function SearchBox(props: Omit<ComponentProps<typeof SearchInput>, "name">) {
  const router = useRouter();
  const open = async (text: string) => {
    const target = searchTarget(text);
    if (target === null) return;
    const href = target.kind === "page" ? target.href : await versionHref(target.prefix);
    if (href !== null) router.push(href);
    else notify({ title: "No single version has this digest", detail: "Paste more of it.", tone: "warn" });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const text = new FormData(event.currentTarget).get("q");
        if (typeof text === "string") void open(text);
      }}
      className="contents"
    >
      <SearchInput name="q" {...props} />
    </form>
  );
}

/** The page of the one version whose digest begins so; null = there is none, or more than one. */
async function versionHref(digest: string): Promise<string | null> {
  const { items } = await api.call("GET /versions", { query: { digest, limit: 2 } });
  const [version, another] = items;
  if (!version || another) return null;
  return `/adapters/${version.adapterId}/versions/${version.id}`;
}
