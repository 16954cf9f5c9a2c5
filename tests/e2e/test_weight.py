"""What the dashboard weighs, and how soon it is alive, on loopback."""

import gzip
from statistics import median
from typing import Final

from playwright.async_api import Browser, Page, Response

from tests.e2e.browser import NUMBER, Looks, has_numbers, opened
from tests.e2e.replayed import PAST, replayed

#: Bytes of all scripts, styles and fonts together, as gzip makes them.
HEAVIEST: Final = 120_000
KINDS: Final = ("script", "stylesheet", "font")
LARGEST: Final = 5
#: Milliseconds from navigation, and how often that is let pass: others work on the machine too, and the best counts.
FIRST_NUMBER: Final = 500
FILLED: Final = 1000
GRACE: Final = 2
RUNS: Final = 5

#: Marks the frame after the one in which a number, one of the stream, or full charts had come into the page: by then it
#: is painted. The first number stands in the page as it comes: the server writes it.
#: Charts are full when each one in sight is drawn, and the moment that the page shows is now: the past came before it.
MARKS: Final = f"""(() => {{
    const marks = {{
        number: () => [...document.querySelectorAll(".big")].some(({{textContent}}) => /\\d/.test(textContent)),
        live: () => [...document.querySelectorAll({NUMBER!r})].some(({{textContent}}) => /\\d/.test(textContent)),
        filled: () => {{
            const charts = [...document.querySelectorAll(".panel .chart")]
                .filter((chart) => chart.getBoundingClientRect().top < innerHeight);
            const shown = Date.parse(document.getElementById("clock")?.dateTime);
            return charts.length > 0 && charts.every((chart) => chart.querySelector("canvas"))
                && Date.now() - shown < 2500;
        }},
    }};
    const look = () => {{
        for (const [name, isThere] of Object.entries(marks)) {{
            if (!isThere()) continue;
            delete marks[name];
            requestAnimationFrame(() => performance.mark(name));
        }}
        if (Object.keys(marks).length) requestAnimationFrame(look);
    }};
    requestAnimationFrame(look);
}})();"""


async def test_scripts_styles_and_fonts_are_light(chromium: Browser) -> None:
    answers: dict[str, Response] = {}
    async with replayed() as (url, _), opened(chromium, url) as (page, _):
        page.on("response", lambda answer: answers.update({answer.url: answer}))
        await page.goto(url + "/demo")
        await has_numbers(page)
        await page.wait_for_load_state("networkidle")
        weighed = {}
        for place, answer in answers.items():
            if answer.request.resource_type in KINDS:
                body = await answer.body()
                weighed[place.removeprefix(url)] = (len(body), len(gzip.compress(body, mtime=0)))
    print()
    for path, (plain, packed) in sorted(weighed.items(), key=lambda item: -item[1][1])[:LARGEST]:
        print(f"{packed:8,} bytes gzipped, {plain:8,} plain  {path}")
    total = sum(packed for _, packed in weighed.values())
    print(f"{total:8,} bytes gzipped of at most {HEAVIEST:,}, in {len(weighed)} files")
    assert 0 < total <= HEAVIEST


async def marked(page: Page, name: str) -> float:
    """Return the milliseconds from the navigation to a mark; waits for it."""
    return float(
        await page.evaluate(
            """(name) => new Promise((resolve) => {
                const look = () => {
                    const [mark] = performance.getEntriesByName(name, "mark");
                    if (mark) resolve(mark.startTime); else setTimeout(look, 20);
                };
                look();
            })""",
            name,
        )
    )


async def measured(chromium: Browser, url: str, name: str) -> float:
    """Return the milliseconds from the navigation to a mark, for somebody whose browser has nothing of the page yet."""
    async with opened(chromium, url, looks=Looks()) as (page, _):
        await page.add_init_script(MARKS)
        await page.goto(url + "/demo")
        return await marked(page, name)


async def test_the_first_number_and_full_charts_are_soon_on_screen(chromium: Browser) -> None:
    async with replayed() as (url, _):
        numbers = [await measured(chromium, url, "number") for _ in range(RUNS)]
        live = [await measured(chromium, url, "live") for _ in range(RUNS)]
        charts = [await measured(chromium, url, "filled") for _ in range(RUNS)]
    print(f"\nwith {PAST} frames of the past, ms from navigation:")
    of_all = (
        ("first number", numbers, FIRST_NUMBER),
        ("of the stream", live, FILLED),
        ("charts filled", charts, FILLED),
    )
    for name, times, wanted in of_all:
        told = ", ".join(f"{each:.0f}" for each in times)
        print(f"{name:13} {told}; best {min(times):.0f}, median {median(times):.0f}, goal {wanted}")
    assert min(numbers) <= GRACE * FIRST_NUMBER
    assert min(charts) <= GRACE * FILLED
