"use client";

import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useRef, useState } from "react";
import {
  type Control,
  type DefaultValues,
  type FieldErrors,
  type FieldPath,
  type FieldPathValue,
  type FieldValues,
  type Resolver,
  set,
  type UseFormReturn,
  useForm,
  useWatch,
} from "react-hook-form";
import type * as z from "zod";
import type { Problem } from "#lib/http/schema.ts";
import { useHoldInput } from "../hold-input.ts";
import { problemOf, waited } from "../use-api.ts";
import { changedFields } from "./changed-fields.ts";
import { placeErrors } from "./place-errors.ts";
import { refuseBody } from "./refuse-body.ts";

/** What a form sends: the body, the route's own schema of it, and the call itself. */
export type FormCall = {
  /** Loaded with the first submit: a page that shows a form carries no validator. */
  schema: () => Promise<z.ZodType>;
  body: unknown;
  /** @throws ApiError */
  send: () => Promise<unknown>;
};

type ApiFormOptions<Values extends FieldValues> = {
  /** What stands in the form at first. */
  start: Values;
  /** Until it is edited, the form shows what was read last. */
  followsStart?: boolean;
  /** Where something is drawn from what is typed, its errors do not wait for the first submit. */
  checksWhileTyping?: boolean;
  /** Why nothing may be changed. */
  denied?: string | undefined;
  callOf: (values: Values) => FormCall;
};

/** What fields and frames of a form are given. */
export type ApiForm<Values extends FieldValues> = {
  control: Control<Values>;
  /** Which field shows the errors of which part of the body; fields enter themselves. */
  places: Map<string, string>;
  /** By field, what is known to be wrong with what stands there, beside what a submit was refused for. */
  remarks?: ReadonlyMap<string, string>;
  /** A refusal that no field can show. */
  problem: Problem | null;
  /** What the server said of the last submit, wherever it is shown. */
  refusal: Problem | null;
  isSending: boolean;
  /** From then on, what is missing is an error. */
  wasSubmitted: boolean;
  isDirty: boolean;
  denied: string | undefined;
  /** With the event of a form, or by code. */
  submit: (event?: FormEvent) => void;
  setValue: <Name extends FieldPath<Values>>(name: Name, value: FieldPathValue<Values, Name>) => void;
  /** Back to what was read. */
  discard: () => void;
  /** Keeps what was changed, over what was read last; null unless somebody else changed it meanwhile. */
  rebase: (() => void) | null;
};

const CHANGED_MEANWHILE = 412;
/** Against it stands what no field can show, so that the form is not sent. */
const NO_FIELD = "form";

/**
 * A form that sends the body of one route. What the route's schema refuses stands beside the fields before anything is sent,
 * what the server refuses afterwards; what was typed stays. A second submit waits for the first.
 */
export function useApiForm<Values extends FieldValues>(options: ApiFormOptions<Values>): ApiForm<Values> {
  const { start, callOf, denied, followsStart = false, checksWhileTyping = false } = options;
  const [places] = useState(() => new Map<string, string>());
  const { resolver, unplaced } = useResolver(callOf, places);
  const isSending = useRef(false);
  const queries = useQueryClient();
  const form = useForm<Values>({
    defaultValues: start as DefaultValues<Values>,
    resolver,
    mode: checksWhileTyping ? "onChange" : "onSubmit",
  });
  const { isDirty, isSubmitting, isSubmitted } = form.formState;
  const { refusal, refuse, problem, setProblem } = useRefusal(form, places);
  useHoldInput(isDirty);
  const { restart, rebase } = useRestart(form, start, followsStart && !isDirty);

  const onValid = async (values: Values) => {
    try {
      await callOf(values).send();
      if (followsStart) restart();
    } catch (error) {
      const problem = problemOf(error);
      // somebody else changed it: what this page shows, and the form begins with next, is read again
      if (problem?.status === CHANGED_MEANWHILE) await Promise.race([queries.invalidateQueries(), waited()]);
      refuse(problem);
    }
  };
  const submit = async (event?: FormEvent) => {
    event?.preventDefault();
    if (isSending.current || denied !== undefined) return;
    isSending.current = true;
    refuse(null);
    await form
      .handleSubmit(onValid, () => setProblem(unplaced.current))(event)
      .finally(() => {
        isSending.current = false;
      });
  };
  const andForget = (change: () => void) => () => {
    refuse(null);
    change();
  };
  return {
    control: form.control,
    places,
    problem,
    refusal,
    isSending: isSubmitting,
    wasSubmitted: isSubmitted,
    isDirty,
    denied,
    submit: (event) => void submit(event),
    setValue: (name, value) => form.setValue(name, value, { shouldDirty: true, shouldValidate: isSubmitted }),
    discard: andForget(restart),
    rebase: followsStart && refusal?.status === CHANGED_MEANWHILE ? andForget(rebase) : null,
  };
}

/** Places what the schema refuses; what no field can show is kept beside, and stops the form as well. */
function useResolver<Values extends FieldValues>(callOf: (values: Values) => FormCall, places: Map<string, string>) {
  const unplaced = useRef<Problem | null>(null);
  const resolver: Resolver<Values> = async (values) => {
    const refusal = await refuseBody(callOf(values));
    unplaced.current = null;
    if (refusal === null) return { values, errors: {} };
    const { placed, isComplete } = placeErrors(refusal.errors, places);
    const errors: FieldErrors<Values> = {};
    for (const [name, message] of placed) set(errors, name, { type: "refused", message });
    if (!isComplete) {
      unplaced.current = refusal;
      set(errors, NO_FIELD, { type: "refused" });
    }
    return { values: {}, errors };
  };
  return { resolver, unplaced };
}

/** What the server said last, beside the fields that it is about; those that only a refusal brings up are there by then. */
function useRefusal<Values extends FieldValues>({ setError }: UseFormReturn<Values>, places: Map<string, string>) {
  const [refusal, setRefusal] = useState<Problem | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    if (refusal === null) return;
    const { placed, isComplete } = placeErrors(refusal.errors, places);
    for (const [index, [name, message]] of [...placed].entries())
      setError(name as FieldPath<Values>, { type: "refused", message }, { shouldFocus: index === 0 });
    if (!isComplete) setProblem(refusal);
  }, [refusal, places, setError]);
  const refuse = (next: Problem | null) => {
    setRefusal(next);
    setProblem(null);
  };
  return { refusal, refuse, problem, setProblem };
}

/** Begins again with what was read last, by itself where nothing was edited. */
function useRestart<Values extends FieldValues>(form: UseFormReturn<Values>, start: Values, isFollowing: boolean) {
  const { reset } = form;
  const latest = useRef(start);
  latest.current = start;
  const text = JSON.stringify(start);
  const shown = useRef(text);
  useEffect(() => {
    if (!isFollowing || shown.current === text) return;
    shown.current = text;
    reset(latest.current);
  }, [isFollowing, text, reset]);
  const restart = () => {
    shown.current = JSON.stringify(latest.current);
    reset(latest.current);
  };
  /** The same, and what was changed is changed again. */
  const rebase = () => {
    const mine = changedFields(form.formState.defaultValues as Values, form.getValues());
    restart();
    for (const [name, value] of Object.entries(mine))
      form.setValue(name as FieldPath<Values>, value as FieldPathValue<Values, FieldPath<Values>>, {
        shouldDirty: true,
      });
  };
  return { restart, rebase };
}

/** What stands in a form now; who asks is drawn again with every change. */
export const useFormValues = <Values extends FieldValues>({ control }: Pick<ApiForm<Values>, "control">): Values =>
  useWatch({ control }) as Values;
