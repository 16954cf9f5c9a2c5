"""What checks find, and how it is said."""

from collections.abc import Iterator

from monitor.doctor.finding import Finding, Report, found


def test_a_check_that_fails_is_a_problem_and_costs_the_others_nothing() -> None:
    def broken() -> Iterator[Finding]:
        yield Finding.ok("first", "fine")
        raise RuntimeError("no such thing")

    findings = list(found([("first", broken), ("second", lambda: [Finding.ok("second", "fine")])]))
    assert [(each.check, str(each.state)) for each in findings] == [
        ("first", "ok"),
        ("first", "problem"),
        ("second", "ok"),
    ]
    assert "RuntimeError: no such thing" in findings[1].text


def test_a_report_has_a_line_a_finding_what_to_do_and_a_sum() -> None:
    report = Report()
    assert report.add(Finding.ok("port", "free")) == ["ok       port           free"]
    lines = report.add(Finding.problem("probe x", "failed:\n\x1b[2J", "mend it"))
    assert lines == ["problem  probe x        failed: [2J", "                        do: mend it"]
    report.add(Finding.warning("model", "none", "get one"))
    assert report.is_bad
    assert report.summary == "1 problem, 1 warning"
    assert report.as_dict() == {
        "ok": False,
        "findings": [
            {"check": "port", "state": "ok", "text": "free", "remedy": ""},
            {"check": "probe x", "state": "problem", "text": "failed:\n\x1b[2J", "remedy": "mend it"},
            {"check": "model", "state": "warning", "text": "none", "remedy": "get one"},
        ],
    }


def test_where_nothing_is_wrong_the_sum_says_so() -> None:
    assert not Report().is_bad
    assert Report().summary == "no problems, no warnings"
