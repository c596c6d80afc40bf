"use client";

import type { FieldValues } from "react-hook-form";
import { slugFrom } from "#lib/http/browser/slug.ts";
import { Field } from "./field.tsx";
import { FormText } from "./form/form-fields.tsx";
import { type ApiForm, useFormValues } from "./form/use-api-form.ts";
import { useFormField } from "./form/use-form-field.ts";
import { Input } from "./input.tsx";

/** What people typed; `slug` null = take the proposal. */
type NameAndSlug = { name: string; slug: string | null };

export const slugOf = ({ name, slug }: NameAndSlug): string => slug ?? slugFrom(name) ?? "";

/** No slug can be made of the name, so somebody must type it. */
const needsTyping = ({ name, slug }: NameAndSlug): boolean =>
  slug === null && name.trim().length > 1 && slugFrom(name) === null;

/** A name, and the slug proposed from it until somebody changes it. */
export function NameAndSlugFields<Values extends FieldValues & NameAndSlug>(props: {
  form: ApiForm<Values>;
  slugHint: string;
}) {
  // whatever else the form holds, it has these two
  const form = props.form as unknown as ApiForm<NameAndSlug>;
  return (
    <>
      <FormText form={form} name="name" label="Name" autoFocus />
      <SlugField form={form} hint={props.slugHint} />
    </>
  );
}

/** Its own component: fields take the focus of an error in the order in which they enter the form. */
function SlugField({ form, hint }: { form: ApiForm<NameAndSlug>; hint: string }) {
  const values = useFormValues(form);
  const slug = useFormField<NameAndSlug, string | null>({ form, name: "slug" });
  return (
    <Field
      label="Slug"
      hint={
        needsTyping(values) ? "Enter a slug: this name has fewer than two letters or digits that a slug allows." : hint
      }
      error={slug.error}
    >
      {(control) => (
        <Input
          {...control}
          ref={slug.ref}
          autoComplete="off"
          spellCheck={false}
          className="font-mono"
          value={slugOf(values)}
          onChange={(event) => slug.onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
