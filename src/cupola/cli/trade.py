"""``cupola trade``: cost against leakage."""

from typing import Any

from cupola.cli.study import spec_command


def _show(document: dict[str, Any]) -> None:
    from cupola.cli.studyprint import print_study, value_cell, with_unpriced

    rows = []
    for option in sorted(document["options"], key=lambda option: option["outcomes"]["cost"]["mean"]):
        beaten = option["beaten_by"]
        found = [value_cell(option["outcomes"][name]) for name in ("cost", "leaked", "shots")]
        rows.append([option["name"], *found, "front" if beaten is None else f"beaten by {beaten['name']}"])
    answer = with_unpriced(document["verdict"], document)
    if document["unequal"]:
        answer += f"\nOptions differ in {', '.join(document['unequal'])}: their costs are not like for like."
    print_study(document, answer, [("option", "cost, $ B", "leaked", "shots", ""), *rows])


command = spec_command(
    "trade",
    report="cupola.report.trade_page",
    show=_show,
    doc="""Weigh options by cost and leakage: the Pareto front, and the price of one more warhead stopped along it.

SPEC is a YAML file with 'kind: trade' that names a scenario and options. Prices are published ones of the
catalogue; what has none is named.
""",
)
