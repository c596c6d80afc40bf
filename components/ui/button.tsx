"use client";

import Link from "next/link";
import type { ComponentProps, ReactNode } from "react";
import { buttonClass, type ButtonSize as Size, type ButtonVariant as Variant } from "./button-class.ts";
import { cn } from "./cn.ts";
import { Spinner } from "./spinner.tsx";
import { Tooltip } from "./tooltip.tsx";

export { buttonClass } from "./button-class.ts";

type Common = { variant?: Variant; size?: Size; icon?: ReactNode; className?: string };

type ButtonProps = Omit<ComponentProps<"button">, "disabled"> &
  Common & {
    /** Why it cannot be pressed. It stays focusable, and says so on hover and focus. */
    disabledReason?: string | null | undefined;
    /** The action runs: a spinner, no second press, the same width. */
    pending?: boolean;
    /** Shown behind the label, such as "R". */
    shortcut?: string;
  };

/** Verb + object ("Drain node-2"). One primary a page. */
export function Button(props: ButtonProps) {
  const {
    variant,
    size,
    icon,
    className,
    disabledReason,
    pending = false,
    shortcut,
    onClick,
    children,
    ...rest
  } = props;
  const isBlocked = pending || Boolean(disabledReason);
  return (
    <Tooltip content={disabledReason ?? null}>
      {(tip) => (
        <button
          type="button"
          {...rest}
          {...tip}
          aria-describedby={tip["aria-describedby"] ?? rest["aria-describedby"]}
          aria-disabled={isBlocked || undefined}
          aria-busy={pending || undefined}
          onClick={isBlocked ? (event) => event.preventDefault() : onClick}
          className={cn(buttonClass(variant, size), className)}
        >
          {pending ? <Spinner /> : icon}
          {children}
          {shortcut && <kbd className="ms-1 font-mono text-xs opacity-75">{shortcut}</kbd>}
        </button>
      )}
    </Tooltip>
  );
}

type IconButtonProps = Omit<ButtonProps, "children" | "icon" | "shortcut"> & { label: string; children: ReactNode };

/** A button that is only an icon: its label is its name and its tooltip. */
export function IconButton({ label, variant = "ghost", size, className, children, ...props }: IconButtonProps) {
  const { disabledReason, pending = false, onClick, ...rest } = props;
  const isBlocked = pending || Boolean(disabledReason);
  return (
    <Tooltip content={disabledReason ?? label}>
      {(tip) => (
        <button
          type="button"
          {...rest}
          {...tip}
          aria-describedby={tip["aria-describedby"] ?? rest["aria-describedby"]}
          aria-label={label}
          aria-disabled={isBlocked || undefined}
          onClick={isBlocked ? (event) => event.preventDefault() : onClick}
          className={cn(buttonClass(variant, size, true), className)}
        >
          {pending ? <Spinner /> : children}
        </button>
      )}
    </Tooltip>
  );
}

/** A link that looks like a button: for going somewhere, where `Button` is for doing something. */
export function LinkButton({
  variant,
  size,
  icon,
  className,
  children,
  ...rest
}: Omit<ComponentProps<typeof Link>, "as"> & Common) {
  return (
    <Link {...rest} className={cn(buttonClass(variant, size), className)}>
      {icon}
      {children}
    </Link>
  );
}

/** A link in running text or in a table cell. */
export function TextLink({ className, ...rest }: Omit<ComponentProps<typeof Link>, "as">) {
  return (
    <Link
      {...rest}
      className={cn(
        "rounded-control text-accent underline decoration-transparent underline-offset-2 hover:decoration-current",
        className,
      )}
    />
  );
}
