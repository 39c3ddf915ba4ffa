import { Selection } from "@percale/policy/select";
import { SelectorError } from "@percale/selector";
import { endpointText } from "../policy/endpoint.ts";
import { endpointsBy } from "../policy/selection.ts";
import { type Answer, JUDGED_KINDS, type Question, type Said, type Told } from "./messages.ts";

const NAMES_SHOWN = 4;

/** Judges drafts beside what is live, with the engine that decides on the nodes. Its answers depend on what it knows, not on how that came. */
export class Judge {
  readonly #heard = new Set<string>();
  #selection = new Selection([]);

  hear({ feeds, questions }: Told): Said {
    for (const { kind } of feeds) this.#heard.add(kind);
    this.#selection = this.#selection.with(feeds.flatMap(({ changes }) => changes));
    return questions.map(([asker, question]) => [asker, this.#answer(question)]);
  }

  #answer({ selector, scope }: Question): Answer {
    try {
      const found = endpointsBy(this.#selection, selector, scope);
      if (JUDGED_KINDS.some((kind) => !this.#heard.has(kind))) return { said: "waiting" };
      return {
        said: "matches",
        count: found.length,
        namespaces: new Set(found.map(({ namespace }) => namespace)).size,
        names: found.slice(0, NAMES_SHOWN).map(endpointText),
      };
    } catch (error) {
      if (error instanceof SelectorError) return { said: "wrong", message: error.message };
      throw error; // a fault of ours ends the worker: its page says so
    }
  }
}
