"use client";

import { type ComponentProps, useEffect, useEffectEvent, useRef } from "react";
import { Input } from "./input.tsx";

type InputProps = Omit<ComponentProps<typeof Input>, "type" | "value" | "defaultValue" | "onChange">;

/**
 * The search field of a list. It keeps its own text: give it another `key` to empty it.
 * @param onSearch hears the text without spaces around it, also what was typed before the page's code had come
 */
export function SearchInput({
  query,
  onSearch,
  ...props
}: InputProps & { query: string; onSearch: (text: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const hearEarlyText = useEffectEvent(() => {
    const text = input.current?.value.trim() ?? query;
    if (text !== query) onSearch(text);
  });
  useEffect(() => hearEarlyText(), []);
  return (
    <Input
      {...props}
      ref={input}
      type="search"
      defaultValue={query}
      onChange={(event) => onSearch(event.target.value.trim())}
    />
  );
}
