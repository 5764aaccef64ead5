// All exporters. No other file lists them.
import { lookup } from "../schema/adapter.ts";
import { directory } from "./directory/index.ts";
import type { Exporter } from "./exporter.ts";

export const EXPORTERS = [directory] as const satisfies readonly Exporter[];

export const exporterOf = lookup<Exporter>("exporter", EXPORTERS);
