import { beforeEach, describe, expect, it } from "vitest";

import { Done, subject, subjectOf } from "../../src/field/done";

const ASKED = subject("enquiry", "e1");
let done: Done;

beforeEach(() => {
  done = new Done();
  done.add({ name: "done-a", number: 7, subject: ASKED, at: "2022-04-19T09:00:00+08:00" });
});

describe("the work a record is of", () => {
  it.each([
    ["follow_up", { contact: "c1", found: "seen" }, "follow_up:c1"],
    ["enquiry", { enquiry: "e1", answer: "was_not" }, ASKED],
    ["hygiene", { place: "p1", kind: "sampling" }, "hygiene:p1:sampling"],
    ["passing", { post: "p1" }, null],
    ["problem", { text: "口罩不够了" }, null],
  ])("%s", (kind, body, wanted) => {
    expect(subjectOf(kind, body)).toBe(wanted);
  });
});

describe("what was done here", () => {
  it("waits as long as its record lies in the outbox, and is done", () => {
    done.lie([7], []);
    expect(done.standing(ASKED)).toEqual({ where: "waits", at: "2022-04-19T09:00:00+08:00" });
    expect(done.isDone(ASKED)).toBe(true);
    expect(done.sent).toEqual([]);
  });

  it("is sent once its record lies nowhere, and is done until a newer list says otherwise", () => {
    expect([done.standing(ASKED)?.where, done.isDone(ASKED), done.sent]).toEqual(["sent", true, [7]]);
    expect(done.remove(7)).toBe("done-a");
    expect(done.standing(ASKED)).toBeNull();
  });

  it("is not done when the server did not take it", () => {
    done.lie([], [7]);
    expect([done.standing(ASKED)?.where, done.isDone(ASKED)]).toEqual(["refused", false]);
  });

  it("is what was recorded last, where something was recorded again", () => {
    done.add({ name: "done-b", number: 9, subject: ASKED, at: "2022-04-19T10:00:00+08:00" });
    done.lie([9], [7]);
    expect(done.standing(ASKED)?.where).toBe("waits");
  });

  it("says nothing of work that nobody did", () => {
    expect([done.standing("enquiry:e2"), done.isDone("enquiry:e2")]).toEqual([null, false]);
  });
});
