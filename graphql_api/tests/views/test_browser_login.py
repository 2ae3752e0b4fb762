"""The web client itself works in the browser of the tests, with this addon installed."""

from ..cases.browser import BrowserCase


class TestLogin(BrowserCase):
    def test_log_in(self):
        """A user logs in on the login page and gets the web client."""
        with self.browser() as page:
            page.goto(self.base_url() + "/web/login")
            page.get_by_label("Email").fill("admin")
            page.get_by_label("Password").fill("admin")
            page.get_by_role("button", name="Log in", exact=True).click()
            page.locator(".o_web_client .o_main_navbar").wait_for()

    def test_errors_are_found(self):
        """An error on the console of the browser fails a test."""
        with self.assertRaisesRegex(AssertionError, "something broke"), self.browser() as page:
            page.goto(self.base_url() + "/web/login")
            page.evaluate("console.error('something broke')")

    def test_errors_of_the_server_are_found(self):
        """An error that the web client shows fails a test, with what the server said."""
        self.log_in()
        with self.assertRaisesRegex(AssertionError, "no_such_method"), self.browser() as page:
            self.visit("/odoo/action-base.action_country")
            page.evaluate(
                """() => {
                    const { orm } = odoo.__WOWL_DEBUG__.root.env.services;
                    orm.call("res.country", "no_such_method", []);
                }"""
            )

    def test_the_network_is_closed(self):
        """No other host than the server of the tests can be reached, by whatever name."""
        hosts = ("localhost", "www.odoo.com")
        with self.browser(errors=len(hosts)) as page:
            page.goto(self.base_url() + "/web/login")
            for host in hosts:
                page.evaluate(
                    "url => fetch(url, {mode: 'no-cors'}).then(() => { throw url }, () => {})",
                    f"http://{host}:{self.http_port()}/web/health",
                )
