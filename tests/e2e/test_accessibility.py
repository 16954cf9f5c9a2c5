"""Each page and state, held by axe-core to WCAG 2.2 AA and its best practices: in both themes, languages and sizes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.async_api import Browser, Page

from tests.e2e.browser import Looks, opened
from tests.e2e.states import DEMO, HOME, STATES, State, sites

#: Each theme, each language and each size.
LOOKS: Final = (Looks("light", "en"), Looks("dark", "fr", "phone"))
#: The two live pages as they are found, in each theme in each language; the phone has the other half of the pairs.
ALL_LOOKS: Final = (
    Looks("light", "en"),
    Looks("dark", "en"),
    Looks("light", "fr"),
    Looks("dark", "fr"),
    Looks("light", "fr", "phone"),
    Looks("dark", "en", "phone"),
)
#: All rules but those of level AAA, and those that axe itself calls experimental or deprecated. Some that are in here
#: are off until asked for, the size of targets for one.
RUN: Final = """async () => {
    const wanted = axe.getRules().filter(({tags}) =>
        !["experimental", "deprecated", "wcag2aaa", "wcag21aaa", "wcag22aaa"].some((tag) => tags.includes(tag)));
    const rules = Object.fromEntries(wanted.map(({ruleId}) => [ruleId, {enabled: true}]));
    const runOnly = {type: "rule", values: Object.keys(rules)};
    const {violations, incomplete, passes} = await axe.run(document, {runOnly, rules});
    const told = (found) => found.map(({id, impact, help, nodes}) => ({id, impact, help,
        nodes: nodes.map(({target, failureSummary}) => `${target.join(" ")}: ${failureSummary}`)}));
    return {violations: told(violations), incomplete: told(incomplete), passes: passes.length};
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with sites(tmp_path_factory.mktemp("sites")) as addresses:
        yield addresses


@pytest.fixture(scope="module")
def axe(node_modules: Path) -> str:
    """The source of axe-core."""
    return (node_modules / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


async def audited(page: Page, axe: str) -> Any:
    """Return what axe found: `violations` and `incomplete` (somebody has to look), and how many rules passed."""
    await page.evaluate(axe)  # the policy lets no script element in, and evaluating asks it for nothing
    return await page.evaluate(RUN)


@pytest.mark.parametrize("state", STATES, ids=str)
async def test_axe_finds_nothing(state: State, site: dict[str, str], axe: str, chromium: Browser) -> None:
    url = site[state.site]
    found: list[str] = []
    print()
    for looks in ALL_LOOKS if state in (HOME, DEMO) else LOOKS:
        async with opened(chromium, url, looks=looks) as (page, _):
            await state.before(page)
            await page.goto(url + state.path)
            await state.prepare(page)
            told = await audited(page, axe)
        to_look_at = ", ".join(each["id"] for each in told["incomplete"])
        print(
            f"{state.name:22}{looks}  {len(told['violations'])} violations, {told['passes']} rules pass"
            f"{f'; to look at: {to_look_at}' if to_look_at else ''}"
        )
        for each in told["violations"]:
            nodes = "\n".join(f"    {node}" for node in each["nodes"])
            found.append(f"{looks}  {each['id']} ({each['impact']}): {each['help']}\n{nodes}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("path", ["/", "/demo"])
async def test_axe_finds_nothing_where_the_address_says_the_language(
    path: str, site: dict[str, str], axe: str, chromium: Browser
) -> None:
    state = next(each for each in STATES if each.path == path)
    async with opened(chromium, site["open"]) as (page, _):
        await page.goto(f"{site['open']}{path}?lang=fr")
        await state.prepare(page)
        assert (await audited(page, axe))["violations"] == []
