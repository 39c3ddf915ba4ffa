import { badRequest, formatIssue, parseOutside } from "@percale/resources";
import type { z } from "zod";

const WORDED = 5;

/** An input's parser as tRPC takes it. */
export interface Parser<In, Out> {
  readonly _input: In;
  readonly _output: Out;
  readonly parse: (value: unknown) => Out;
}

/** Refuses with the first faults; zod would word all of them, and a hostile input has ten thousand. */
export function parsed<T extends z.ZodType>(schema: T): Parser<z.input<T>, z.output<T>> {
  const parse = (value: unknown): z.output<T> => {
    const result = parseOutside<z.output<T>>(schema as z.ZodType<z.output<T>>, value); // the schema's own output
    if ("data" in result) return result.data;
    const { issues } = result;
    const more = issues.length > WORDED ? ` and ${issues.length - WORDED} faults more` : "";
    throw badRequest(`${issues.slice(0, WORDED).map(formatIssue).join(", ")}${more}`, issues);
  };
  return { parse } as Parser<z.input<T>, z.output<T>>; // the two others are for types alone
}
