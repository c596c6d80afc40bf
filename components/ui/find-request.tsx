"use client";

import Search from "lucide-react/icons/search";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { IconButton } from "./button.tsx";
import { Input } from "./input.tsx";

/** Opens the request whose id was pasted, with or without the words around it. */
export function FindRequest({ root }: { /** The pages of requests, without a slash at the end. */ root: string }) {
  const router = useRouter();
  const [text, setText] = useState("");
  const id = /req_[0-9a-f]{32}/.exec(text)?.[0] ?? null;
  return (
    <search>
      <form
        className="flex items-center gap-1"
        onSubmit={(event) => {
          event.preventDefault();
          if (id) router.push(`${root}/${id}`);
        }}
      >
        <Input
          type="search"
          aria-label="Find a request by its id"
          placeholder="Request id, req_…"
          value={text}
          onChange={(event) => setText(event.target.value)}
          className="w-44"
        />
        <IconButton
          type="submit"
          label="Open the request"
          disabledReason={id ? null : "Paste the x-request-id of a reply: req_ and 32 characters."}
        >
          <Search />
        </IconButton>
      </form>
    </search>
  );
}
