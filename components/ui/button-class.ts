import { cn } from "./cn.ts";

export type ButtonVariant = "primary" | "secondary" | "ghost" | "danger";
export type ButtonSize = "sm" | "md";

const VARIANT: Record<ButtonVariant, string> = {
  primary: "bg-accent text-on-accent hover:bg-accent/90 active:bg-accent/80 border-transparent",
  secondary: "bg-bg text-fg border-line-control/60 hover:bg-sub hover:border-line-control active:bg-off-tint",
  ghost: "border-transparent text-fg-2 hover:bg-off-tint hover:text-fg active:bg-line",
  danger: "bg-bad text-on-bad hover:bg-bad/90 active:bg-bad/80 border-transparent",
};

const SIZE: Record<ButtonSize, string> = {
  sm: "h-7 text-sm pointer-coarse:h-10",
  md: "h-8 text-sm pointer-coarse:h-10",
};
const PADDING: Record<ButtonSize, string> = { sm: "px-2.5", md: "px-3" };
const SQUARE: Record<ButtonSize, string> = { sm: "w-7 pointer-coarse:w-10", md: "w-8 pointer-coarse:w-10" };

/**
 * The look of a button, for what is not a `Button`: the triggers of menus, and the pages that every visitor loads (sign-in,
 * errors), which must not carry its tooltip and router link.
 */
export const buttonClass = (variant: ButtonVariant = "secondary", size: ButtonSize = "md", isIcon = false): string =>
  cn(
    "inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-control border font-medium",
    "transition-colors duration-80 [&_svg]:size-4 [&_svg]:shrink-0",
    "aria-disabled:cursor-not-allowed aria-disabled:opacity-55 disabled:cursor-not-allowed disabled:opacity-55",
    VARIANT[variant],
    SIZE[size],
    isIcon ? SQUARE[size] : PADDING[size],
  );
