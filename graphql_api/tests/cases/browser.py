"""Tests that drive Odoo's screens in a real browser, with Playwright."""

import contextlib
import io
import re
import resource
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import ConsoleMessage, Locator, Page, Request, sync_playwright

from odoo.tests import tagged

from . import needs
from .accessibility import find_faults
from .api import ApiCase
from .server import committed

# Beside those that Playwright gives: no first run, no updates, no synchronisation.
_FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    # The server of the tests is all there is on the network.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
_BUNDLES = (
    ("web.assets_web", "js"),
    ("web.assets_web", "css"),
    ("web.assets_web_print", "css"),
    ("web.assets_frontend_minimal", "js"),
    ("web.assets_frontend_lazy", "js"),
    ("web.assets_frontend", "css"),
)
"""What Odoo's pages load, and in which language."""

DESKTOP = {"viewport": {"width": 1200, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
"""What Playwright makes the browser of, as :attr:`BrowserCase.device`."""

_PATIENCE = 120_000  # milliseconds, for a machine that is busy
_QUIET = 300  # milliseconds without a request, after which nothing more is expected
_STEP = 50
_MAX_IMAGE_SIZE = 100_000  # bytes

# Odoo's live updates come from committed transactions, which a test has not: its server
# refuses their connections, and the web client would complain of that on the screen.
_NO_LIVE_UPDATES = "window.SharedWorker = class { port = new MessageChannel().port1; };"

_ERROR = ".modal:has(.o_error_dialog)"  # errors of the server get there, not to the console

_HARMLESS = {
    "mail/static/lib/selfie_segmentation": "for video calls; missing in Debian's package of Odoo",
}
"""Parts of console messages that tell no error of ours, and why."""


@tagged("browser")
class BrowserCase(ApiCase):
    """A test of screens, as the user ``login``.

    The browser and the test share one transaction, so only one of them may use it at a time:
    the browser inside ``with self.browser() as page``, the test (its records, its requests)
    outside. The page stays as it is between two such blocks.
    """

    device = DESKTOP

    @classmethod
    def setUpClass(cls):
        executable = needs.variable("GRAPHQL_API_BROWSER")
        # Else the server makes the web client's files in every test: they are rolled back.
        with committed() as env:
            for name, kind in _BUNDLES:
                files = {"js": kind == "js", "css": kind == "css"}
                bundle = env["ir.qweb"]._get_asset_bundle(name, **files)
                getattr(bundle, kind)()
        super().setUpClass()
        with contextlib.ExitStack() as stack:
            with _unlimited_memory():
                playwright = stack.enter_context(sync_playwright())
            cls._chromium = playwright.chromium.launch(
                executable_path=executable,
                args=list(_FLAGS),
                chromium_sandbox=False,
            )
            stack.callback(cls._chromium.close)
            cls.addClassCleanup(stack.pop_all().close)

    def setUp(self):
        super().setUp()
        # A profile of its own, and empty.
        self._context = self._chromium.new_context(
            **self.device, locale="en-US", timezone_id="Europe/Brussels"
        )
        self.addCleanup(self._context.close)
        self._context.set_default_timeout(_PATIENCE)
        self._context.add_init_script(_NO_LIVE_UPDATES)
        self._page = self._context.new_page()
        self._errors: list[str] = []
        self._requests: set[Request] = set()
        self._page.on("request", lambda request: self._requests.add(request))
        for event in ("requestfinished", "requestfailed"):
            self._page.on(event, lambda request: self._requests.discard(request))
        self._page.on("console", self._note_console)
        self._page.on("pageerror", lambda error: self._errors.append(str(error.stack)))

    @contextlib.contextmanager
    def browser(self, *, errors: int = 0) -> Iterator[Page]:
        """Let the browser work; at the end, fail if it shows or has told an error.

        :param errors: how many errors its console has to tell
        """
        self.env.flush_all()
        self.env.cr.clear()
        with self.allow_requests(browser=self):
            try:
                yield self._page
                self.settle()
                self.assertFalse(shown := self._shown_error(), shown)
            except Exception as error:
                self._save_picture(f"failed-{self._testMethodName}")
                error.add_note(self._shown_error())
                raise
            finally:
                self._wait_remaining_requests()
        found, self._errors[:] = self._errors[:], []
        self.assertEqual(len(found), errors, "\n".join(found))

    def log_in(self) -> None:
        """Give the browser a session of the user, as if it had logged in."""
        # Odoo hashes a password anew where it was hashed with another number of rounds, as it is in
        # tests; what a page asks for at that moment finds its session expired.
        user = self.user(self.login)
        user._set_encrypted_password(user.id, user._crypt_context().hash(self.login))
        self.env.registry.clear_cache()
        self.authenticate(self.login, self.login, browser=self)

    def set_cookie(self, name: str, value: str, path: str, domain: str) -> None:
        """Set a cookie of the browser, in the form that Odoo's test case calls for."""
        cookie = {"name": name, "value": value, "path": path, "domain": domain}
        self._context.add_cookies([cookie])

    def visit(self, path: str) -> None:
        """Open an address of the server and wait until its screen is there."""
        self._page.goto(self.base_url() + path)
        self._page.locator(".o_web_client .o_action_manager > .o_action").wait_for()
        self.settle()

    def settle(self) -> None:
        """Wait until the screen has nothing more to load."""
        quiet, waited = 0, 0
        while quiet < _QUIET:
            self._page.wait_for_timeout(_STEP)
            quiet = 0 if self._requests else quiet + _STEP
            waited += _STEP
            if waited > _PATIENCE:
                self.fail(f"Still loading: {[request.url for request in self._requests]}")

    def row(self, text: str, parent: Locator | None = None) -> Locator:
        """Return the row of a list that has a cell with just this text."""
        cell = self._page.get_by_role("cell", name=text, exact=True)
        return (parent or self._page).get_by_role("row").filter(has=cell)

    def refused(self, message: str) -> None:
        """Expect a dialog with an error message and close it."""
        dialog = self._page.locator(_ERROR).filter(has_text=message)
        dialog.get_by_role("button", name="Close").last.click()
        dialog.wait_for(state="detached")

    def screenshot(
        self, name: str, element: Locator | None = None, height: int | None = None
    ) -> None:
        """Look for faults of what is shown, and save a picture of it as a small PNG file.

        :param element: the part of the window that the picture shows; all of it by default
        :param height: of the window, in pixels, for a screen that is much longer or shorter
        """
        window = self.device["viewport"]
        if height:
            self._page.set_viewport_size({**window, "height": height})
            self.settle()
        self._page.mouse.move(0, 0)  # off the button that was clicked, which has a hint
        self.assert_accessible()
        self._save_picture(name, element)
        self._page.set_viewport_size(window)

    def assert_accessible(self) -> None:
        """What the page shows has no serious fault for people who see badly or have no mouse."""
        faults = find_faults(self._page)
        self.assertEqual(faults, [], "\n".join(faults))

    def _save_picture(self, name: str, element: Locator | None = None) -> None:
        raw = (element or self._page).screenshot(animations="disabled", caret="hide")
        image = Image.open(io.BytesIO(raw)).convert("RGB").quantize(128, dither=Image.Dither.NONE)
        path = Path(needs.variable("GRAPHQL_API_SCREENSHOTS"), f"{name}.png")
        path.parent.mkdir(parents=True, exist_ok=True)
        image.save(path, optimize=True)
        self.assertLess(path.stat().st_size, _MAX_IMAGE_SIZE, path)

    def _shown_error(self) -> str:
        """Return the text of the error that the web client shows, if it does."""
        dialog = self._page.locator(_ERROR).last
        if not dialog.count():
            return ""
        details = dialog.get_by_text("See technical details")
        if details.count():
            details.click()
            dialog.get_by_text("Hide technical details").wait_for()
        return dialog.inner_text()

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        text = f"{message.text} ({message.location['url']})"
        if not any(re.search(part, text) for part in _HARMLESS):
            self._errors.append(text)


@contextlib.contextmanager
def _unlimited_memory() -> Iterator[None]:
    """Let the processes started here reserve more memory than Odoo lets itself.

    Chromium reserves much more than it uses; see ``_preexec`` in odoo/tests/common.py.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
