"use client";

import Link from "next/link";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "./cn.ts";
import { Spinner } from "./spinner.tsx";
import { Tooltip } from "./tooltip.tsx";

type Variant = "primary" | "secondary" | "ghost" | "danger";
type Size = "sm" | "md";

const VARIANT: Record<Variant, string> = {
  primary: "bg-accent text-on-accent hover:bg-accent/90 active:bg-accent/80 border-transparent",
  secondary: "bg-bg text-fg border-line-control/60 hover:bg-sub hover:border-line-control active:bg-off-tint",
  ghost: "border-transparent text-fg-2 hover:bg-off-tint hover:text-fg active:bg-line",
  danger: "bg-bad text-on-bad hover:bg-bad/90 active:bg-bad/80 border-transparent",
};

const SIZE: Record<Size, string> = {
  sm: "h-7 text-sm pointer-coarse:h-10",
  md: "h-8 text-sm pointer-coarse:h-10",
};
const PADDING: Record<Size, string> = { sm: "px-2.5", md: "px-3" };
const SQUARE: Record<Size, string> = { sm: "w-7 pointer-coarse:w-10", md: "w-8 pointer-coarse:w-10" };

/** The look of a button, for whatever must be one and is not (a label, a file input's trigger). */
export const buttonClass = (variant: Variant = "secondary", size: Size = "md", isIcon = false): string =>
  cn(
    "inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-control border font-medium",
    "transition-colors duration-80 [&_svg]:size-4 [&_svg]:shrink-0",
    "aria-disabled:cursor-not-allowed aria-disabled:opacity-55 disabled:cursor-not-allowed disabled:opacity-55",
    VARIANT[variant],
    SIZE[size],
    isIcon ? SQUARE[size] : PADDING[size],
  );

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
