import { badRequest } from "@percale/resources";
import { CORE_SCHEMA, load, YAMLException } from "js-yaml";

/** A megabyte of the worst takes a tenth of a second; the `yaml` package of the dashboard took up to a minute for three of them. */
export const MAX_YAML_BYTES = 1024 * 1024;
/** Aliases make the same value count at every place: few documents of people have more. */
const LIMITS = { maxDepth: 64, maxAliases: 100 };

/** One document of YAML 1.2 without merge keys and dates, as Kubernetes reads it. Cost is linear in its length. Throws 400. */
export function parseYaml(text: string): unknown {
  try {
    return load(text, { schema: CORE_SCHEMA, ...LIMITS });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    throw badRequest(`the body is not valid YAML: ${error.message}`);
  }
}
