// The contrast of many is measured once: of those that have all of their colours, sizes and weights, and those of all
// that is around them, in common with one that axe has measured and passed. What may lie over something else, and what
// doesn't pass, is always measured. Axe has no setting for it, hence the reach for its own check.
(() => {
    const check = axe._audit.checks["color-contrast"], measure = check.evaluate;
    const colours = ["color", "backgroundColor", "backgroundImage", "opacity", "filter", "textShadow"];
    const looks = [...colours, "fontSize", "fontWeight"];
    let kinds, kindOf, passed;
    const kind = element => {
        if (!element) return 0;
        if (!kindOf.has(element)) {
            const style = getComputedStyle(element);
            const place = ["static", "relative"].includes(style.position) ? "" : kindOf.size;
            const own = [kind(element.parentElement), element.localName, element.getAttribute("class"), place];
            const all = [...own, ...looks.map(look => style[look])].join("|");
            if (!kinds.has(all)) kinds.set(all, kinds.size + 1);
            kindOf.set(element, kinds.get(all));
        }
        return kindOf.get(element);
    };
    check.evaluate = function (element, ...others) {
        if (passed.has(kind(element))) return true;
        const tell = this.data;
        let isMeasured = true;
        this.data = told => {
            if (told.messageKey) isMeasured = false;  // passed only since it is hidden, say
            tell(told);
        };
        const verdict = measure.call(this, element, ...others);
        if (verdict === true && isMeasured) passed.add(kind(element));
        return verdict;
    };
    window.barriers = async (part, rules) => {
        [kinds, kindOf, passed] = [new Map(), new Map(), new Set()];
        // Only this leaves the page: to hand over all that axe knows costs more than finding some of it.
        const found = await axe.run(part, { runOnly: rules, resultTypes: ["violations"] });
        const tell = rule => rule.nodes.map(({html, failureSummary}) =>
            `${rule.id}: ${html.slice(0, 160)} ${failureSummary.slice(0, 300)}`);
        return found.violations.flatMap(tell);
    };
})();
