import { describe, expect, it } from "vitest";

import { Vault } from "../../src/field/vault";

const FEW = 1_000;

describe("the vault", () => {
  it("opens with its unlock, however the letters were put together, and with no other", async () => {
    const { vault, lock } = await Vault.make("caf\u00e9 浮山", FEW);
    const sealed = await vault.seal({ name: "某甲" }, "record:1");
    const again = await Vault.open(lock, "cafe\u0301 浮山");
    expect(await again!.unseal(sealed, "record:1")).toEqual({ name: "某甲" });
    expect(await Vault.open(lock, "cafe 浮山")).toBeNull();
  });

  it("opens nothing that was changed or lies elsewhere", async () => {
    const { vault } = await Vault.make("138427", FEW);
    const sealed = await vault.seal("x", "record:1");
    await expect(vault.unseal(sealed, "record:2")).rejects.toThrow();
    const changed = { ...sealed, data: sealed.data.map((byte, i) => (i === 0 ? byte ^ 1 : byte)) };
    await expect(vault.unseal(changed, "record:1")).rejects.toThrow();
  });

  it("writes the same thing differently each time, and never in clear", async () => {
    const { vault } = await Vault.make("138427", FEW);
    const [one, two] = [await vault.seal("东张村", "a"), await vault.seal("东张村", "a")];
    expect(one.data).not.toEqual(two.data);
    expect(new TextDecoder().decode(one.data)).not.toContain("东张村");
  });
});
