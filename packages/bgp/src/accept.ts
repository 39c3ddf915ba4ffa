import { formatRef } from "@percale/resources";
import type { BgpInputs } from "./model.ts";
import { renderBirdConfig } from "./render.ts";
import type { BirdConfig, RenderOptions } from "./render.ts";

/** What `bird -p` says of a text; undefined: it accepts it. */
export interface Refusal {
  /** BIRD's message without file and position. */
  readonly words: string;
  /** 1 is the first line. */
  readonly line: number;
}

export interface Accepted {
  /** What BIRD takes: the inputs less the objects that it refuses. */
  readonly inputs: BgpInputs;
  readonly config: BirdConfig;
  /** Set where BIRD refuses something that no single object brings in: then `config` is not to be used. */
  readonly fault?: string;
}

/**
 * The configuration that BIRD accepts: whatever it refuses is laid at its object's door and left out, that object alone. BIRD may
 * notice a fault only at the next object's first word, so those that were left out are tried again at the end.
 */
export async function acceptConfig(
  inputs: BgpInputs,
  check: (text: string) => Promise<Refusal | undefined>,
  options: RenderOptions = {},
): Promise<Accepted> {
  const refused = new Map<string, string>();
  const without = (): BgpInputs => ({ ...inputs, refused: new Map(refused) });
  const render = (): BirdConfig => renderBirdConfig(without(), options);
  for (;;) {
    const config = render();
    const refusal = await check(config.text);
    if (refusal === undefined) break;
    const ref = config.objectAtLine(refusal.line);
    const key = ref === undefined ? undefined : formatRef(ref);
    if (key === undefined || refused.has(key)) return { inputs, config, fault: refusal.words };
    refused.set(key, refusal.words);
  }
  if (refused.size > 1) {
    for (const [key, words] of Array.from(refused)) {
      refused.delete(key);
      if ((await check(render().text)) !== undefined) refused.set(key, words);
    }
  }
  return { inputs: without(), config: render() };
}

/** Out of what `bird -p` writes: `FILE:LINE:COL message`; undefined where it says nothing about the text. */
export function parseRefusal(stderr: string): Refusal | undefined {
  const [, line, words = ""] = /^[^\n]*?:(\d+):\d+ ([^\n]*)/m.exec(stderr) ?? [];
  return line === undefined ? undefined : { line: Number(line), words: words.trim() };
}
