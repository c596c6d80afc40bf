import { type ClassValue, clsx } from "clsx";

/**
 * Joins class names. Components own their look; a caller's `className` adds layout only (width, margin, grid place), so
 * nothing has to be merged or overridden.
 */
export const cn = (...classes: ClassValue[]): string => clsx(classes);
