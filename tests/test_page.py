"""The page of a sandbox: who gets it, what it answers, and how it is in a real browser."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from vtql.sandbox import Sandbox, demo
from vtql.sandbox.page.site import with_page
from vtql.schema.catalog import Catalog

BRACKETS = (
    "select * from Contacts where (firstname = 'Ada' or lastname = 'Lovelace') and email like '%a%'"
)


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with Sandbox("8.4") as made:
        made.serve()
        yield made


@pytest.fixture
def url(box: Sandbox) -> str:
    return box.serve()


def post(url: str, name: str, text: str, **headers: str) -> requests.Response:
    sent = json.dumps({"text": text, "offset": len(text)})
    kind = {"Content-Type": "application/json"}
    return requests.post(f"{url}.vtql/{name}", sent, headers=kind | headers, timeout=10)


def test_the_page_and_what_it_needs_come_from_the_sandbox_alone(url: str) -> None:
    for path, kind in (("", "text/html"), (".vtql/page.css", "text/css"), (".vtql/page.js", "text/javascript")):  # fmt: skip
        answer = requests.get(url + path, timeout=10)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith(kind)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "http://" not in answer.text
        assert "https://" not in answer.text


FOREIGN = (
    {"Host": "crm.example.com"},
    {"Origin": "http://crm.example.com"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Host": "127.0.0.1.example.com"},
    {"Host": "["},
)


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_a_foreign_page_gets_what_a_vtiger_would_answer(url: str, headers: dict[str, str]) -> None:
    assert post(url, "run", "select * from Contacts;", **headers).status_code == 404
    for path in ("catalog", "requests", "page.js"):
        assert requests.get(f"{url}.vtql/{path}", headers=headers, timeout=10).status_code == 404
    assert "<h1>" not in requests.get(url, headers=headers, timeout=10).text


def test_a_caller_of_another_machine_gets_no_page(box: Sandbox) -> None:
    site = with_page(box.app, box._service, box.requests)
    status: list[str] = []
    for address, expected in (("127.0.0.1", "200"), ("::ffff:127.0.0.1", "200"), ("192.0.2.7", "404"), ("", "404")):  # fmt: skip
        environ = {
            "REQUEST_METHOD": "GET", "PATH_INFO": "/.vtql/catalog", "REMOTE_ADDR": address,
            "HTTP_HOST": "localhost:8080",
        }  # fmt: skip
        site(environ, lambda line, _: status.append(line))
        assert status.pop().startswith(expected)


def test_the_page_shadows_nothing_of_the_service(box: Sandbox, url: str) -> None:
    asked = {"operation": "getchallenge", "username": "admin"}
    for path in ("webservice.php", ""):
        assert requests.get(url + path, asked, timeout=10).json()["success"]
    assert not requests.post(url, {"operation": "login"}, timeout=10).text.startswith("<!doctype")
    requests.get(url, timeout=10)
    post(url, "run", "select * from Contacts;")
    assert [each.operation for each in box.requests] == ["getchallenge", "getchallenge", "login"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"text": 1, "offset": 2}', b"[" * 60_000, b"\xff", b" " * 70_000])  # fmt: skip
def test_anything_else_that_is_sent_is_a_bad_request(url: str, body: bytes) -> None:
    kind = {"Content-Type": "application/json"}
    assert requests.post(f"{url}.vtql/look", body, headers=kind, timeout=10).status_code == 400


def test_a_form_is_no_question_of_the_page(url: str) -> None:
    assert requests.post(f"{url}.vtql/run", {"text": "select"}, timeout=10).status_code == 400


def test_a_query_runs_as_a_client_s_does(box: Sandbox, url: str) -> None:
    text = "select lastname from Contacts order by lastname limit 7;"
    found = post(url, "run", text).json()
    assert found["rows"] == box.client().query(text)
    refused = post(url, "run", "select * from Nothing;").json()
    assert refused["answers"][0]["answer"].startswith("ACCESS_DENIED")


def test_what_brackets_become_is_shown_and_run(url: str) -> None:
    seen = post(url, "look", BRACKETS).json()
    assert seen["findings"][0]["code"] == "VT010"
    ran = post(url, "run", BRACKETS).json()
    assert [each["text"] for each in ran["answers"]] == seen["statements"]
    assert not any("(" in each for each in seen["statements"])


def test_no_secret_is_shown() -> None:
    described = [demo.catalog().describe(name) for name in ("Users", "Contacts")]
    for name in ("accesskey", "user_password"):
        field = {"name": name, "label": name, "type": {"name": "string"}}
        described[0]["fields"].append(field)
    rows = [{"id": "19x1", "user_name": "admin", "accesskey": "s3cret", "user_password": "s3cret"}]
    catalog = Catalog.from_describes(described)
    with Sandbox("8.0", catalog, {"Users": rows}) as box:
        assert "s3cret" in str(box.client().query("select accesskey from Users;"))
        url = box.serve()
        box.client().describe("Contacts")
        for text in ("select * from Users;", "select accesskey, user_password, user_name from Users;"):  # fmt: skip
            shown = post(url, "run", text).json()
            assert shown["rows"][0]["user_name"] == "admin"
            assert "s3cret" not in str(shown)
            assert not {"accesskey", "user_password", "confirm_password"} & set(shown["fields"])
        told = requests.get(f"{url}.vtql/requests", timeout=10).text
        assert {each["operation"] for each in json.loads(told)} >= {"login", "describe"}
        assert box.access_key not in told
        assert "sessionName" not in told


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
    until(lambda: "Contacts" in texts(browser, "#modules summary"), browser)
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
    browser.find_element(By.XPATH, "//*[@id='findings']//button[contains(., 'lastnam`')]").click()
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
    until(lambda: texts(browser, "#modules summary"), browser)
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
    until(lambda: texts(browser, "#modules summary"), browser)
    query = browser.find_element(By.ID, "query")
    query.send_keys("select lastnam from Contacts where leadsource = 'x' or ")
    until(lambda: texts(browser, "#findings button"), browser)
    until(lambda: texts(browser, "#completions li"), browser)
    assert browser.execute_script(CONTRAST) == []
    for each in browser.find_elements(By.CSS_SELECTOR, "input, textarea, button, [role=listbox], [role=region], nav"):  # fmt: skip
        if each.is_displayed():
            assert each.accessible_name, each.get_attribute("outerHTML")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
