// What axe-core finds wrong with the page as it stands, a line each.
//
// The contrast of a text is what nearly all of axe's time goes to: it looks for what lies under each. So it is asked about
// one text of each kind only, where the kind is everything the contrast is made of: the text's colour, size and weight,
// and the grounds under it. Of a table's fifty rows that is one of each sort. All other rules see the whole page.
// Style sheets are not read beforehand: of axe's rules only one wants them, which is an experiment and is not run.
async () => {
    const known = new WeakMap();
    let number = 0;

    // What an element's contents stand on. Whatever is lifted out of the flow may lie above anything: a kind of its own.
    const ground = (element) => {
        if (!element) return "";
        if (!known.has(element)) {
            const style = getComputedStyle(element);
            const lifted = style.position === "static" || style.position === "relative" ? "" : `lifted ${number++}`;
            const own = [style.backgroundColor, style.backgroundImage, style.opacity, style.filter, style.mixBlendMode];
            known.set(element, [ground(element.parentElement), lifted, ...own].join("|"));
        }
        return known.get(element);
    };
    const kind = (element) => {
        const style = getComputedStyle(element);
        const isOff = Boolean(element.closest(":disabled, [aria-disabled=true], label:has(:disabled)"));
        const { width, height } = element.getBoundingClientRect();
        const looks = [style.color, style.fontSize, style.fontWeight, style.textShadow, style.textIndent, style.clipPath];
        return [element.localName, ground(element), ...looks, isOff, width > 1 && height > 1].join("|");
    };
    const oneOfEach = () => {
        const kinds = new Map();
        const keep = (element) => kinds.has(kind(element)) || kinds.set(kind(element), element);
        const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (texts.nextNode()) {
            if (texts.currentNode.data.trim()) keep(texts.currentNode.parentElement);
        }
        document.querySelectorAll("input, select, textarea").forEach(keep);
        return [...kinds.values()].filter((element) => element.checkVisibility({ visibilityProperty: true }));
    };

    const chosen = oneOfEach();
    chosen.forEach((element) => element.setAttribute("data-one-of-its-kind", ""));
    axe.configure({ rules: [{ id: "color-contrast", selector: "[data-one-of-its-kind]" }] });
    const { violations } = await axe.run({ resultTypes: ["violations"], preload: { assets: ["media"] } });
    chosen.forEach((element) => element.removeAttribute("data-one-of-its-kind"));
    return violations.flatMap((fault) =>
        fault.nodes.map((node) => `${fault.id} (${fault.impact}): ${fault.help}: ${node.target.join(", ")}`));
}
