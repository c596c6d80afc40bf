import type { CodeIn } from "../finding-codes.ts";
import type { CheckText } from "./check-text.ts";

export const NAME_TEXTS = {
  file_name_path: {
    title: "A file name leads out of the folder",
    proves: "A path holds .., a backslash, a drive letter, a leading slash, or one of these percent-encoded.",
    why: "A program that joins such a name to a directory writes or reads somewhere else. Switchyard builds paths from digests only, and refuses the name all the same.",
    fix: "Rename the file, or leave it out.",
  },
  file_name_hidden: {
    title: "A file name holds unseen characters",
    proves: "A name holds control characters, zero-width characters, or marks that turn the reading direction.",
    why: "Two names would look the same and be two files, or a .bin would read as .json.",
    fix: "Rename the file, or leave it out.",
  },
  file_name_lookalike: {
    title: "A file is almost called like one of the adapter's",
    proves: "Apart from case, accents, dashes or letters of another alphabet, the name is that of a known file.",
    why: "A person takes it for the real one; a node looks for the exact name and finds another file, or none.",
    fix: "Give it the exact name, or leave it out.",
  },
  file_name_too_long: {
    title: "A file name is too long",
    proves: "A name takes more than 255 bytes, or a path more than 1,024.",
    why: "File systems cut or refuse such names, each in its own way.",
    fix: "Rename the file, or leave it out.",
  },
  tensor_name_characters: {
    title: "Tensor names hold characters that no module has",
    proves: "A tensor's name is not plain printable ASCII, or longer than 512 characters.",
    why: "Names of modules are Python attributes. Anything else matches no module, and can mislead readers of a report.",
    fix: "Export the adapter again with PEFT's save_pretrained.",
  },
  row_duplicate: {
    title: "Two rows are for the same adapter",
    proves: "Two rows of an import name the same tenant and adapter.",
    why: "Both would become its next version, and it is unclear which one is meant.",
    fix: "Give one of them another tenant or adapter, or skip it.",
  },
  tenant_taken_meanwhile: {
    title: "The tenant was created after the check",
    proves: "A tenant with this slug did not exist when the row was checked.",
    why: "It may be another customer: weights must never reach a tenant by chance.",
    fix: "Choose another slug, or check the row again if it is the same customer.",
  },
  adapter_taken_meanwhile: {
    title: "The adapter was created after the check",
    proves: "The tenant's adapter with this slug did not exist when the row was checked.",
    why: "The row would add a version to an adapter of someone else.",
    fix: "Choose another slug, or check the row again to add a version to it.",
  },
  tenant_leaving: {
    title: "The tenant takes no new versions",
    proves: "The tenant is archived or being off-boarded.",
    why: "What is being taken away must not grow again.",
    fix: "Choose another slug, or skip the row.",
  },
  adapter_in_other_pool: {
    title: "The adapter belongs to another pool",
    proves: "The adapter is there already, in a pool other than the import's.",
    why: "All versions of an adapter are served by one pool, since a pool has one base model and one rank.",
    fix: "Choose another adapter slug, or import it for that pool.",
  },
  name_guessed: {
    title: "The names were guessed",
    proves: "Tenant and adapter were made from a folder's name that is not a slug.",
    why: "A slug is part of the model name that callers send, and cannot be changed later.",
    fix: "Confirm them, or write better ones.",
  },
  same_as_version: {
    title: "These bytes are a version already",
    proves: "The row's files have the digest of an existing version of the same adapter.",
    why: "Importing them again adds nothing.",
    fix: "Skip the row if a newer export was meant.",
  },
  bytes_known: {
    title: "The tenant has the same bytes under another adapter",
    proves: "The row's files have the digest of a version of another adapter of this tenant.",
    why: "Equal bytes are stored once within a tenant; its directory is used again.",
    fix: null,
  },
  name_new_tenant: {
    title: "A new tenant is made",
    proves: "No tenant has this slug.",
    why: "Tenant, adapter and first version are made together.",
    fix: null,
  },
  name_new_adapter: {
    title: "A new adapter of a tenant that is there",
    proves: "The tenant exists, its adapter does not.",
    why: "The row adds to a customer that may be live already.",
    fix: null,
  },
  name_new_version: {
    title: "A new version of an adapter that is there",
    proves: "Tenant and adapter exist.",
    why: "The live version keeps serving until a cutover.",
    fix: null,
  },
} as const satisfies Record<CodeIn<"name">, CheckText>;
