"""A real Chromium. Where there is none these tests are skipped, except in CI, where its absence is a failure."""

import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.driving import Browser, start
from tests.web.fakes import FakeAnswerer
from tests.web.samples import DOCUMENTS
from tests.web.serving import serving
from web.app import create_app

_PROGRAMS = ("chromium", "chromedriver")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Started once; a test takes `browser`, a tab of its own."""
    paths = {name: shutil.which(name) for name in _PROGRAMS}
    missing = [name for name, path in paths.items() if path is None]
    if importlib.util.find_spec("selenium") is None:
        missing.append("the package selenium")
    if missing:
        reason = f"needs a browser; missing: {', '.join(missing)}"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    browser = start(str(paths["chromium"]), str(paths["chromedriver"]), tmp_path_factory.mktemp("chromium"))
    yield browser
    browser.driver.quit()


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    with serving(create_app(FakeAnswerer(DOCUMENTS))) as base:
        yield base


@pytest.fixture
def browser(chromium: Browser, address: str) -> Iterator[Browser]:
    """A fresh tab, with storage and a log of its own."""
    chromium.fresh(address)
    yield chromium
    chromium.online()
