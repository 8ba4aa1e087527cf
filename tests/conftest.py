"""In which order the tests run."""

import pytest

ENGINE = (
    "tests/e2e/test_api", "tests/e2e/test_campaign", "tests/e2e/test_e", "tests/e2e/test_studies",
    "tests/e2e/test_track", "tests/regression", "tests/unit/engine", "tests/contract", "tests/unit/campaign",
)  # fmt: skip
"""Where whole runs are played: their kernels take most of the time that a first start spends on compiling."""
NEXT = ("tests/unit/core", "tests/unit/threats")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let one of two processes compile the engine and the other do what needs none of it: side by side they would wait
    for each other's kernels. The first process starts with the first eighth of the tests, the second with the next.
    """

    def place(item: pytest.Item) -> int:
        return 0 if item.nodeid.startswith(ENGINE) else 1 if item.nodeid.startswith(NEXT) else 2

    items.sort(key=place)
