/** Imported before any schema is made: our pages allow no code made of text, and schemas would ask whether they do, which browsers report. */
import { config } from "zod";

config({ jitless: true });
