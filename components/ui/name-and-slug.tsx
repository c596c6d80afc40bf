"use client";

import { slugFrom } from "#lib/http/browser/slug.ts";
import type { Problem } from "#lib/http/schema.ts";
import { Field } from "./field.tsx";
import { fieldError } from "./field-error.ts";
import { Input } from "./input.tsx";

/** What people typed; `slug` null = take the proposal. */
export type NameAndSlug = { name: string; slug: string | null };

export const slugOf = ({ name, slug }: NameAndSlug): string => slug ?? slugFrom(name) ?? "";

/** No slug can be made of the name, so somebody must type it. */
const needsTyping = ({ name, slug }: NameAndSlug): boolean =>
  slug === null && name.trim().length > 1 && slugFrom(name) === null;

/** A name, and the slug proposed from it until somebody changes it. */
export function NameAndSlugFields({
  value,
  onChange,
  slugHint,
  problem,
}: {
  value: NameAndSlug;
  onChange: (value: NameAndSlug) => void;
  slugHint: string;
  problem: Problem | null;
}) {
  return (
    <>
      <Field label="Name" error={fieldError(problem, "name")}>
        {(control) => (
          <Input
            {...control}
            autoFocus
            autoComplete="off"
            value={value.name}
            onChange={(event) => onChange({ ...value, name: event.target.value })}
          />
        )}
      </Field>
      <Field
        label="Slug"
        hint={
          needsTyping(value)
            ? "Enter a slug: this name has fewer than two letters or digits that a slug allows."
            : slugHint
        }
        error={fieldError(problem, "slug")}
      >
        {(control) => (
          <Input
            {...control}
            autoComplete="off"
            spellCheck={false}
            className="font-mono"
            value={slugOf(value)}
            onChange={(event) => onChange({ ...value, slug: event.target.value })}
          />
        )}
      </Field>
    </>
  );
}
