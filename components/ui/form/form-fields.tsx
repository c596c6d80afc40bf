"use client";

import { type ChangeEvent, type ComponentProps, type ComponentType, type ReactNode, useId, useState } from "react";
import type { FieldValues } from "react-hook-form";
import { Field } from "../field.tsx";
import { Input, Select, Textarea } from "../input.tsx";
import { Checkbox } from "../toggle.tsx";
import { type FieldText, PLAIN, shownText } from "./field-text.ts";
import { type FormField, useFormField } from "./use-form-field.ts";

type Labelled = Pick<ComponentProps<typeof Field>, "label" | "hint" | "optional" | "isLabelHidden">;
type Typed<Value> = Labelled & {
  /** How the value is typed; left out = as it is. */
  as?: FieldText<Value>;
  /** What stands there, and is sent, as long as the value is null. */
  proposed?: NoInfer<Value>;
  /** What the server said of it, where that is more than its first error. */
  refused?: ReactNode;
  /** What is said of whatever is wrong with it, in place of the API's words. */
  mend?: string;
};
type Own = "id" | "name" | "form" | "value" | "defaultValue" | "onChange" | "ref" | "readOnly";

/** What is typed for a value, and stays as it was typed. */
function useTyped<Values extends FieldValues, Value>(
  props: FormField<Values, Value>,
  as: FieldText<Value> | undefined,
  proposed: Value | undefined,
) {
  const { value, onChange, error, isReadOnly, ref } = useFormField(props);
  const how = as ?? (PLAIN as unknown as FieldText<Value>);
  const [typed, setTyped] = useState(() => how.write(value));
  const change = (text: string) => {
    setTyped(text);
    onChange(how.read(text));
  };
  return { text: shownText(how, typed, value ?? proposed ?? value), change, error, isReadOnly, ref };
}

/** A field around a control that text is typed into. */
const typedField = <Props extends object>(Control: ComponentType<Props>) =>
  function TypedField<Values extends FieldValues, Value = string>({
    form,
    name,
    errorsOf,
    as,
    proposed,
    refused,
    mend,
    label,
    hint,
    optional,
    isLabelHidden,
    ...rest
  }: FormField<Values, Value> & Typed<Value> & Omit<Props, Own>) {
    const { text, change, error, isReadOnly, ref } = useTyped({ form, name, errorsOf }, as, proposed);
    const onChange = (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => change(event.target.value);
    const own = { ref, readOnly: isReadOnly, value: text, onChange };
    return (
      <Field {...{ label, hint, optional, isLabelHidden }} error={refused ?? (error && (mend ?? error))}>
        {(control) => <Control {...({ autoComplete: "off", ...rest, ...control, ...own } as unknown as Props)} />}
      </Field>
    );
  };

/** One line of text with its label, hint and error. */
export const FormText = typedField<ComponentProps<typeof Input>>(Input);
/** Several lines of text. */
export const FormTextarea = typedField<ComponentProps<typeof Textarea>>(Textarea);

type Choice = string | number | boolean | null;
const keyOf = (value: Choice | undefined): string => (value === null || value === undefined ? "" : String(value));

/** One of a few values; those are the API's own, whatever their type. */
export function FormSelect<Values extends FieldValues, Value extends Choice>({
  form,
  name,
  errorsOf,
  options,
  placeholder,
  className,
  proposed,
  mend,
  onChosen,
  ...labelled
}: FormField<Values, Value | null> &
  Labelled &
  Pick<Typed<Value>, "mend"> & {
    /** What is chosen as long as the value is null. */
    proposed?: NoInfer<Value>;
    options: readonly { value: Value; label: string; disabled?: boolean }[];
    placeholder?: string;
    className?: string;
    /** After it was chosen, for what follows from it. */
    onChosen?: (value: Value) => void;
  }) {
  const { value, onChange, error, isReadOnly, ref } = useFormField<Values, Value | null>({ form, name, errorsOf });
  const shown = keyOf(value ?? proposed);
  const choose = (key: string) => {
    const chosen = options.find((option) => keyOf(option.value) === key);
    if (!chosen) return;
    onChange(chosen.value);
    onChosen?.(chosen.value);
  };
  return (
    <Field {...labelled} error={error && (mend ?? error)}>
      {(control) => (
        <Select
          {...control}
          className={className}
          ref={ref}
          disabled={isReadOnly}
          placeholder={shown === "" ? placeholder : undefined}
          value={shown}
          onChange={(event) => choose(event.target.value)}
          options={options.map((option) => ({ ...option, value: keyOf(option.value) }))}
        />
      )}
    </Field>
  );
}

/** A yes or no. Without `mend` it shows no error, so one of it stands under the form. */
export function FormCheckbox<Values extends FieldValues>({
  form,
  name,
  mend,
  ...rest
}: FormField<Values, boolean> &
  Pick<Typed<boolean>, "mend"> &
  Pick<ComponentProps<typeof Checkbox>, "label" | "hint">) {
  const id = useId();
  const field = useFormField({ form, name, errorsOf: mend === undefined ? NOTHING : undefined });
  const wrong = field.error !== null && { "aria-invalid": true, "aria-describedby": id };
  return (
    <>
      <Checkbox
        {...rest}
        {...wrong}
        ref={field.ref}
        disabled={field.isReadOnly}
        checked={field.value}
        onChange={(event) => field.onChange(event.target.checked)}
      />
      {wrong && (
        <p id={id} className="text-sm text-bad">
          {mend}
        </p>
      )}
    </>
  );
}
const NOTHING: readonly string[] = [];
