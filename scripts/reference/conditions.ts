import { conditionAreas } from "@percale/protocol";
import type { ConditionEntry } from "@percale/protocol";
import { anchor, page, prose, table } from "./markdown.ts";

const INTRODUCTION = `What needs a person is a condition with a code. The same words stand on the dashboard's Health page, in \`percale lab status\`, in
an agent's status and in \`percale_condition{code,severity}\` of every daemon's metrics. A condition goes away by itself when its cause does.

**error**: something does not work. **warning**: something works less well, or only by what was before. **info**: it passes by itself.`;

/** Every condition: what one sees, what it means, what to do, where to look. */
export function conditionsPage(): string {
  const all = conditionAreas.flatMap(({ kinds }) => kinds);
  const rows = all
    .toSorted((a, b) => (a.code < b.code ? -1 : 1))
    .map(({ code, means, ...kind }) => [`[${code}](#${anchor(code)})`, severitiesOf(kind), prose(means)]);
  return page(
    "Conditions",
    "packages/protocol/src/conditions",
    INTRODUCTION,
    table(["code", "severity", "means"], rows),
    ...conditionAreas.flatMap(({ area, kinds }) => [`## ${area}`, ...kinds.map(section)]),
  );
}

function section(kind: ConditionEntry): string {
  const { code, about, means, look, wordings } = kind;
  const titles = [...new Set(wordings.map(({ title }) => title))];
  const advice = [...new Set(wordings.map((words) => words.advice))];
  const facts = [
    ["You see", titles.map((title) => `“${prose(title)}”`).join(" or ")],
    ["It means", prose(means)],
    ...advice.map((text) => ["Do", prose(text)] as const),
    ["Look at", prose(look)],
  ] as const;
  return [
    `### ${code}`,
    `${severitiesOf(kind)}, about ${about}`,
    facts.map(([name, text]) => `- **${name}:** ${text}`).join("\n"),
  ].join("\n\n");
}

function severitiesOf({ wordings }: Pick<ConditionEntry, "wordings">): string {
  return [...new Set(wordings.map(({ severity }) => severity))].join(" or ");
}
