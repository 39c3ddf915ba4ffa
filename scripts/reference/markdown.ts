/** The few forms of Markdown that the reference pages use. */

/** `origin`: the file or folder to change instead. */
export function page(title: string, origin: string, ...parts: readonly string[]): string {
  const note = `<!-- Written by \`npm run docs\` from ${origin}: change it there. -->`;
  return `${[`# ${title}`, note, ...parts].join("\n\n")}\n`;
}

export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Text of a register: what looks like a tag is none. Code in backticks stays as it is. */
export function prose(text: string): string {
  return text.replaceAll(/`[^`]*`|</g, (part) => (part === "<" ? "\\<" : part));
}

export function code(text: string): string {
  return text === "" ? "" : `\`${text}\``;
}

/** As GitHub makes it of a heading in one word. */
export function anchor(word: string): string {
  return word.toLowerCase();
}
