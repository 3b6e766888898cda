"""The page of a sandbox in a real browser; skipped where there is none."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from vtql.sandbox import Sandbox

pytest.importorskip("selenium", reason="selenium is not installed")

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait


@pytest.fixture
def url() -> Iterator[str]:
    with Sandbox("8.4") as box:
        yield box.serve()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not program or not driver:
        pytest.skip("there is no chromium here")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for each in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1280,1000"):  # fmt: skip
        options.add_argument(each)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    made = webdriver.Chrome(options, Service(driver))
    yield made
    made.quit()


def until(condition: Any, browser: Any) -> Any:
    return WebDriverWait(browser, 20).until(lambda _: condition())


def texts(browser: Any, selector: str) -> list[str]:
    return list(
        browser.execute_script(
            "return [...document.querySelectorAll(arguments[0])].map((each) => each.textContent)",
            selector,
        )
    )


def test_in_a_browser_a_query_is_typed_completed_and_run(browser: Any, url: str) -> None:
    browser.get(url)
    until(lambda: "Contacts" in texts(browser, "#modules summary b"), browser)
    assert texts(browser, "#profile") == ["Vtiger CRM 8.4"]
    query = browser.find_element(By.ID, "query")
    query.send_keys("select lastname from Con")
    until(lambda: texts(browser, "#completions li")[:1] == ["ContactsContacts"], browser)
    assert query.get_attribute("aria-activedescendant") == "completion-0"
    query.send_keys(Keys.ENTER)
    assert query.get_property("value") == "select lastname from Contacts"
    until(lambda: not texts(browser, "#completions li"), browser)
    query.send_keys(" where lastnam = 'x';")
    until(lambda: any("lastnam" in each for each in texts(browser, "#findings button")), browser)
    query.send_keys(Keys.ESCAPE)
    browser.find_element(
        By.XPATH, "//*[@id='findings']//button[contains(., 'no field lastnam')]"
    ).click()
    chosen = browser.execute_script(
        "const q = document.activeElement; return q.value.slice(q.selectionStart, q.selectionEnd)"
    )
    assert chosen == "lastnam"
    query.clear()
    query.send_keys("select lastname from Contacts limit 3;", Keys.CONTROL, Keys.ENTER)
    until(lambda: texts(browser, "#count") == ["3 rows"], browser)
    assert len(texts(browser, "#rows tbody tr")) == 3
    until(lambda: not texts(browser, "#findings .error"), browser)


def test_in_a_browser_markup_in_a_record_is_text(browser: Any) -> None:
    evil = "<img src=x onerror=\"document.title='taken'\">"
    with Sandbox(records={"Contacts": [{"id": "12x34", "lastname": evil}]}) as box:
        browser.get(box.serve())
        requests.get(box.serve(), {"operation": evil, "query": evil}, timeout=10)
        browser.get(box.serve())
        until(lambda: evil in texts(browser, "#requests td"), browser)
        browser.find_element(By.ID, "query").send_keys("select lastname from Contacts;")
        browser.find_element(By.ID, "run").click()
        until(lambda: evil in texts(browser, "#rows td"), browser)
        assert not browser.find_elements(By.TAG_NAME, "img")
        assert browser.title == "vtql sandbox"


def test_in_a_browser_nothing_is_asked_of_others_and_nothing_complains(
    browser: Any, url: str
) -> None:
    for kind in ("performance", "browser"):
        browser.get_log(kind)
    browser.get(url)
    until(lambda: texts(browser, "#modules summary b"), browser)
    sent = [json.loads(each["message"])["message"] for each in browser.get_log("performance")]
    asked = [each["params"]["request"]["url"] for each in sent if each["method"] == "Network.requestWillBeSent"]  # fmt: skip
    assert asked
    assert all(each.startswith((url, "data:")) for each in asked), asked
    assert browser.get_log("browser") == []


CONTRAST = """
const light = (css) => { const [r, g, b] = css.match(/[\\d.]+/g).map(Number).map((v) => v / 255)
  .map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126*r + 0.7152*g + 0.0722*b; };
const ground = (e) => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
  if (!/, 0\\)$/.test(c)) return c; } };
return [...document.querySelectorAll("body *")].filter((e) => e.checkVisibility()
    && [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()))
  .map((e) => { const a = light(getComputedStyle(e).color), b = light(ground(e));
    return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), e.outerHTML.slice(0, 80)]; })
  .filter(([ratio]) => ratio < 4.5);
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_a_browser_everything_has_a_name_and_can_be_read(
    browser: Any, url: str, scheme: str
) -> None:
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})  # fmt: skip
    browser.get(url)
    until(lambda: texts(browser, "#modules summary b"), browser)
    query = browser.find_element(By.ID, "query")
    query.send_keys("select lastnam from Contacts where leadsource = 'x' or ")
    until(lambda: texts(browser, "#findings button"), browser)
    until(lambda: texts(browser, "#completions li"), browser)
    assert browser.execute_script(CONTRAST) == []
    for each in browser.find_elements(By.CSS_SELECTOR, "input, textarea, button, [role=listbox], [role=region], nav"):  # fmt: skip
        if each.is_displayed():
            assert each.accessible_name, each.get_attribute("outerHTML")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_in_a_browser_a_finding_is_underlined_and_fixed(browser: Any, url: str) -> None:
    browser.get(url)
    until(lambda: texts(browser, "#modules summary b"), browser)
    query = browser.find_element(By.ID, "query")
    # A driver cannot type what lies beyond the first 65,536 characters.
    browser.execute_script(
        "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input'))",
        query,
        "select lastname from Contacts where firstname = 'é😀' and lastname <> 'x';",
    )
    until(lambda: texts(browser, "#marks .mark") == ["<>"], browser)
    assert texts(browser, "#marks") == [query.get_property("value") + "\n"]
    browser.find_element(By.CSS_SELECTOR, "#findings [aria-label^='Fix']").click()
    fixed = "select lastname from Contacts where firstname = 'é😀' and lastname != 'x';"
    assert query.get_property("value") == fixed
    until(lambda: not texts(browser, "#marks .mark.error"), browser)


def test_in_a_browser_a_module_is_opened_and_looked_at(browser: Any, url: str) -> None:
    browser.get(url)
    until(lambda: texts(browser, "#examples button"), browser)
    browser.find_element(By.ID, "filter").send_keys("tick")
    until(lambda: texts(browser, "#modules summary b") == ["Accounts", "HelpDesk"], browser)
    browser.find_element(By.XPATH, "//summary[contains(., 'HelpDesk')]").click()
    button = "//button[contains(., 'select * from HelpDesk')]"
    until(lambda: browser.find_elements(By.XPATH, button), browser)
    browser.find_element(By.XPATH, button).click()
    until(lambda: texts(browser, "#count") == ["10 rows"], browser)
    browser.find_element(By.XPATH, "//button[text()='ticket_title']").click()
    assert browser.find_element(By.ID, "query").get_property("value").endswith("ticket_title")


def test_in_a_browser_all_of_it_is_reached_by_the_keyboard(browser: Any, url: str) -> None:
    browser.get(url)
    until(lambda: texts(browser, "#examples button"), browser)
    reached = []
    for _ in range(30):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        reached.append(
            browser.execute_script("const e = document.activeElement; return e.id || e.tagName")
        )
    assert reached[:2] == ["A", "filter"]
    assert {"SUMMARY", "query", "run", "BUTTON", "DIV"} <= set(reached)
