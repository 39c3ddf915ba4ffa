import fc from "fast-check";
import { formatSelector, matches, parseSelector } from "@percale/selector";
import { expect, test } from "vitest";
import { peerText, subjectText } from "./selector-text.ts";
import { peerSelectors, subjectSelector } from "./selectors.ts";
import type { PolicySubject } from "./selectors.ts";

test.each<[PolicySubject, string | undefined, string]>([
  [{}, "prod", "projectcalico.org/namespace == 'prod'"],
  [{ selector: "app == 'web'" }, "prod", "(app == 'web') && projectcalico.org/namespace == 'prod'"],
  [{ selector: " app=='web' " }, undefined, "app=='web'"],
  [{}, undefined, "all()"],
  [
    { selector: "app == 'web'", serviceAccountSelector: "role == 'x'" },
    "prod",
    `((app == 'web') && projectcalico.org/namespace == 'prod') && pcsa.role == "x"`,
  ],
  [{ namespaceSelector: "env == 'x'" }, undefined, 'pcns.env == "x"'],
  [
    { selector: "all()", namespaceSelector: "all()" },
    undefined,
    "(has(projectcalico.org/namespace)) && has(projectcalico.org/namespace)",
  ],
  [
    { selector: "a == 'all()'", serviceAccountSelector: "all()" },
    undefined,
    "(a == 'all()') && has(projectcalico.org/serviceaccount)",
  ],
])("%j in %s applies to %s", (spec, namespace, text) => {
  expect(subjectText(spec, namespace)).toBe(text);
});

test.each([
  [{ selector: "role == 'db'" }, "prod", "(projectcalico.org/namespace == 'prod') && (role == 'db')"],
  [{ selector: "role == 'db'", namespaceSelector: "env == 'x'" }, "prod", `(pcns.env == "x") && (role == 'db')`],
  [{ namespaceSelector: "all()" }, undefined, "has(projectcalico.org/namespace)"],
  [
    { namespaceSelector: "global()", selector: "dc == '1'" },
    undefined,
    "(!has(projectcalico.org/namespace)) && (dc == '1')",
  ],
  [
    { serviceAccounts: { names: ["b", "a"] } },
    "prod",
    `(projectcalico.org/namespace == 'prod') && (projectcalico.org/serviceaccount in {"a", "b"})`,
  ],
  [{ nets: ["10.0.0.0/8"] }, "prod", undefined],
  [{ notSelector: "role == 'db'" }, undefined, "not role == 'db'"],
  [{ notSelector: "role == 'db'" }, "prod", "(projectcalico.org/namespace == 'prod') && (!(role == 'db'))"],
  [{}, undefined, undefined],
])("a side that says %j in %s is about %s", (side, namespace, text) => {
  const told = peerText(side, namespace);
  expect(told === undefined ? undefined : `${told.isNot ? "not " : ""}${told.text}`).toBe(text);
});

const text = fc.constantFrom(
  "",
  "all()",
  "a == 'x'",
  "has(b)",
  "a == 'x' || has(b)",
  "!has(a)",
  "a == 'all()'",
  "global()",
  "a in {'x', 'all()'}",
);
const namespace = fc.constantFrom(undefined, "prod");
const KEYS = [
  "a",
  "b",
  "pcns.a",
  "pcns.b",
  "pcsa.a",
  "projectcalico.org/namespace",
  "projectcalico.org/serviceaccount",
];
const labels = fc
  .dictionary(fc.constantFrom(...KEYS), fc.constantFrom("x", "y", "prod", "all()"))
  .map((all) => new Map(Object.entries(all)));

test("what is shown of whom a policy applies to means what decides", () => {
  fc.assert(
    fc.property(
      text,
      text,
      text,
      namespace,
      labels,
      (selector, namespaceSelector, serviceAccountSelector, where, of) => {
        const spec = { selector, namespaceSelector, serviceAccountSelector };
        const decides = subjectSelector(spec, where);
        const shown = subjectText(spec, where);
        expect([shown, matches(parseSelector(shown), of)]).toEqual([shown, matches(decides, of)]);
      },
    ),
  );
});

test("what is shown of a side of a rule means what decides", () => {
  fc.assert(
    fc.property(
      text,
      text,
      text,
      text,
      namespace,
      labels,
      (selector, notSelector, namespaceSelector, account, where, of) => {
        const side = { selector, notSelector, namespaceSelector, serviceAccounts: { selector: account, names: [] } };
        const { positive, negative } = peerSelectors(side, where);
        const decides = positive ?? negative;
        const told = peerText(side, where);
        expect([told?.isNot, decides === undefined]).toEqual([
          decides === undefined ? undefined : positive === undefined,
          told === undefined,
        ]);
        if (decides !== undefined)
          expect([formatSelector(decides), matches(parseSelector(told!.text), of)]).toEqual([
            formatSelector(decides),
            matches(decides, of),
          ]);
      },
    ),
  );
});
