import fc from "fast-check";
import { expect, test } from "vitest";
import { OwnedMembers } from "./owned.ts";

const lists = fc.array(fc.uniqueArray(fc.constantFrom("a", "b", "c", "d"), { maxLength: 4 }), { maxLength: 5 });

test("a member is there while one owner has it, and comes and goes once", () => {
  fc.assert(
    fc.property(lists, fc.array(fc.nat()), (added, picks) => {
      const members = new OwnedMembers();
      const held: (readonly string[])[] = [];
      const there = new Set<string>();
      const came = (member: string): unknown =>
        expect(there.has(member) ? "came twice" : there.add(member)).toBe(there);
      const went = (member: string): void => expect(there.delete(member)).toBe(true);
      const check = (): void => {
        expect(new Set(members.list())).toEqual(new Set(held.flat()));
        expect(there).toEqual(new Set(held.flat()));
        expect(members.list().length).toBe(there.size);
        for (const member of ["a", "b", "c", "d"]) expect(members.lookup().has(member)).toBe(there.has(member));
      };
      for (const list of added) {
        held.push(list);
        members.add(list, came);
        check();
      }
      for (const pick of [...picks, ...added.keys()]) {
        const [list] = held.splice(pick % Math.max(1, held.length), 1);
        if (list !== undefined) members.remove(list, went);
        check();
      }
    }),
  );
});
