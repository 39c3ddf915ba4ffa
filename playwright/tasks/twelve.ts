import type { Hands } from "./hands.ts";

/** What an on-call engineer comes for, and in how many clicks or entries it is done from Overview, whoever's hands do it. */
export interface Task {
  readonly title: string;
  readonly most: number;
  /** What was done before, which does not count. */
  readonly given?: (hands: Hands) => Promise<void>;
  readonly run: (hands: Hands) => Promise<void>;
}

const editor = ({ page }: Hands) => page.getByRole("complementary", { name: /^Editor/ });
const toast = ({ page }: Hands, words: string | RegExp) => page.getByRole("status").getByText(words).first().waitFor();

/**
 * Of the twelve, two wait for what does not exist yet: to stage an edit and see what it would have done in the last hour, and to enforce what
 * is staged. Where a task is about a flow, a connection that the lab probes stands for it.
 */
export const TASKS: readonly Task[] = [
  {
    title: "see which rule denied a connection",
    most: 2,
    run: async (hands) => {
      const { page, press } = hands;
      await press(page.getByRole("link", { name: /shop\/cart TCP 8080/ }));
      await page
        .getByRole("region", { name: "Answer" })
        .getByText("The destination denies it by the end of tier")
        .waitFor();
      await page.getByText("decides: no rule matched").waitFor();
    },
  },
  {
    title: "allow a denied connection, having seen the impact",
    most: 4,
    run: async (hands) => {
      const { page, press } = hands;
      await press(page.getByRole("link", { name: /shop\/cart TCP 8080/ }));
      await press(page.getByRole("button", { name: "Allow this…" }));
      await editor(hands).getByText("0 problems").waitFor();
      await press(editor(hands).getByRole("button", { name: "Review" }));
      await editor(hands).getByText("newly allowed").first().waitFor();
      await press(editor(hands).getByRole("button", { name: /^Create/ }));
      await toast(hands, "Created");
      await page.getByRole("region", { name: "Answer" }).getByText("Allowed", { exact: true }).first().waitFor();
    },
  },
  {
    title: "tell whether A reaches B on a port, and why",
    most: 2,
    run: async ({ page, ask }) => {
      await ask(
        "database -> cart:8080",
        page.getByRole("option", { name: /shop\/database → shop\/cart.*Denied/ }),
        "chosen",
      );
      await page.getByText("The destination denies it by the end of tier").waitFor();
    },
  },
  {
    title: "put a policy before another",
    most: 3,
    run: putBefore,
  },
  {
    title: "find who owns an address",
    most: 2,
    run: async ({ page, ask }) => {
      await ask("10.65.0.65", page.getByRole("option", { name: /shop\/cart on node-2/ }));
    },
  },
  {
    title: "see which pool fills first",
    most: 1,
    run: async ({ page }) => {
      const first = page
        .getByRole("region", { name: "IP pools" })
        .getByRole("link")
        .filter({ hasText: "10.65.0.0/16" });
      await first.getByText("< 0.1 %").waitFor();
    },
  },
  {
    title: "add a pool",
    most: 4,
    run: async (hands) => {
      const { page, press, type } = hands;
      await press(page.getByRole("region", { name: "IP pools" }).getByRole("link", { name: "New pool" }));
      await type(editor(hands).getByLabel(/^CIDR/), "10.77.0.0/16");
      await editor(hands).getByText("0 problems").waitFor();
      await press(editor(hands).getByRole("button", { name: "Review" }));
      await press(editor(hands).getByRole("button", { name: /^Create/ }));
      await toast(hands, "Created");
    },
  },
  {
    title: "see why a BGP session is down",
    most: 2,
    run: async ({ page, press }) => {
      await press(page.getByRole("link", { name: "1 BGP session", exact: true }));
      await press(page.getByRole("button", { name: "node-1 ↔ node-2" }));
      await page
        .getByRole("complementary", { name: "Session" })
        .getByText("node-1 expects AS 64999 of node-2, which has AS 64512.")
        .waitFor();
    },
  },
  {
    title: "see whether a policy is programmed everywhere",
    most: 2,
    run: async (hands) => {
      await hands.goTo("Policies");
      await hands.press(
        hands.page.getByRole("region", { name: "Tier default" }).getByRole("link", { name: /cart-access/ }),
      );
      await editor(hands).getByText("Programmed on all 3 nodes.").waitFor();
    },
  },
  {
    title: "undo what one just did",
    most: 1,
    given: putBefore,
    run: async (hands) => {
      await hands.undo();
      await toast(hands, "Reverted");
    },
  },
  {
    title: "see who changed a policy, and what",
    most: 3,
    run: async ({ page, goTo, type, press }) => {
      await goTo("Activity");
      await type(page.getByRole("searchbox", { name: "Find writes" }), "database-access");
      await press(page.getByRole("row", { name: /shop\/database-access.*Moved down/ }));
      const panel = page.getByRole("complementary", { name: "Change set" });
      await panel.getByText("admin", { exact: true }).waitFor();
      await panel.getByText("510").first().waitFor();
    },
  },
];

async function putBefore(hands: Hands): Promise<void> {
  const { page, goTo, moveUp, press } = hands;
  await goTo("Policies");
  const cardOf = (name: RegExp) => page.getByRole("region", { name: "Tier default" }).getByRole("link", { name });
  await moveUp(cardOf(/database-access/), cardOf(/cart-access/));
  const draft = page.getByRole("region", { name: "Order draft" });
  await draft.getByText("Impact: no pair changes").waitFor();
  await press(draft.getByRole("button", { name: "Apply order" }));
  await toast(hands, "Reordered");
}
