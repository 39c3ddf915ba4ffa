/** About what is written as JSON in a turn of the event loop. */
const MAX_CHARACTERS = 4_500_000;
const PART_CHARACTERS = 256 * 1024;

/** The rows of a long answer, as JSON lists that are handed on as they fill: each short enough to be read between two others' turns. */
export class Rows {
  readonly #post: (list: string) => void;
  #part: string[] = [];
  #partCharacters = 0;
  #left = MAX_CHARACTERS;

  constructor(post: (list: string) => void) {
    this.#post = post;
  }

  /** False if the answer has no room for it. */
  add(row: unknown): boolean {
    const text = JSON.stringify(row);
    if (text.length > this.#left) return false;
    this.#left -= text.length;
    this.#part.push(text);
    this.#partCharacters += text.length;
    if (this.#partCharacters >= PART_CHARACTERS) this.end();
    return true;
  }

  /** Hands on what is left. */
  end(): void {
    if (this.#part.length > 0) this.#post(`[${this.#part.join(",")}]`);
    this.#part = [];
    this.#partCharacters = 0;
  }
}
