"""Chromium without a screen, through Debian's chromedriver: what it shows, how wide it is, what its console says."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from tests.support.requirements import need

CHROMIUM, DRIVER = Path("/usr/bin/chromium"), Path("/usr/bin/chromedriver")
OPTIONS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
]


class Browser:
    """A browser that shows one page."""

    def __init__(self, driver: webdriver.Chrome, root: str) -> None:
        self.driver = driver
        self.root = root

    def open(self, path: str) -> None:
        """Go to a path of the server."""
        self.driver.get(self.root + path)

    def resize(self, width: int) -> None:
        """Be as wide as this many pixels, however narrow a window of this system may be."""
        metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    @property
    def content_width(self) -> int:
        """How many pixels wide the page is, beyond the window too."""
        width: int = self.driver.execute_script("return document.documentElement.scrollWidth")
        return width

    @property
    def text(self) -> str:
        """What the page shows."""
        return self.find("body").text

    def find(self, selector: str) -> WebElement:
        """Return the first element that the CSS selector finds."""
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def fill(self, selector: str, text: str) -> None:
        """Type a text into a field."""
        field = self.find(selector)
        field.clear()
        field.send_keys(text)

    def press(self, text: str) -> None:
        """Press the first button, link or summary that says this."""
        xpath = f"//*[self::button or self::a or self::summary][normalize-space()='{text}']"
        self.click(self.driver.find_element(By.XPATH, xpath))

    def click(self, element: WebElement) -> None:
        """Click on an element; where that leads to another page, return when that one is there whole."""
        script = "arguments[0].scrollIntoView({block: 'center'}); window.left = arguments[0].matches('a, button')"
        self.driver.execute_script(script, element)
        element.click()
        # A form is answered by a redirect: for a moment there is no page, or the old one.
        waiting = WebDriverWait(self.driver, 60, ignored_exceptions=[WebDriverException])
        waiting.until(lambda driver: driver.execute_script("return !window.left && document.readyState == 'complete'"))

    def complaints(self) -> list[str]:
        """Return what the console said since it was last asked, without what is only advice."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] in {"SEVERE", "WARNING"}]


@contextmanager
def chromium(root: str) -> Iterator[Browser]:
    """Yield a browser for a server; skip where Chromium is not installed."""
    need(CHROMIUM.exists() and DRIVER.exists(), "needs Chromium: apt-get install chromium chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for option in OPTIONS:
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
    try:
        yield Browser(driver, root)
    finally:
        driver.quit()
