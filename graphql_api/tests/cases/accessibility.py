"""Faults of pages for people who see badly or have no mouse; axe-core finds them."""

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

from . import needs

_IMPACTS = ("serious", "critical")

_UPSTREAM = (
    # Odoo's web client.
    ("html-has-lang", "html", "its page has no language"),
    ("color-contrast", ".o_web_client *", "the colors are its theme's, the views have none"),
    ("*", ".o_main_navbar *", "its bar: menus with buttons in them, items of no menu"),
    (
        "*",
        ".o_searchview, .o_searchview *",
        "its search box: icons without names, a facet of no list",
    ),
    ("button-name", ".o_control_panel *", "on a phone, the buttons above a view are icons"),
    ("aria-required-parent", "[role=tab]", "notebooks and the apps of the settings are no tablist"),
    ("aria-dialog-name", ".modal", "the title of a dialog is not linked to it"),
    ("aria-allowed-attr", ".o-dropdown", "a dropdown's button that is a div"),
    ("button-name", ".o_optional_columns_dropdown *", "the button for a list's columns is an icon"),
    ("button-name", ".o_clipboard_button", "the button that copies is an icon"),
    ("label", ".o_list_renderer input", "cells of lists have no label but their column's"),
    ("label", ".o_domain_selector input, .o_tree_editor input", "the editor of conditions"),
    ("select-name", ".o_tree_editor select", "the editor of conditions"),
    ("autocomplete-valid", ".o_select_menu_toggler, .o_select_menu_input", "a value of its own"),
    ("aria-required-attr", ".o-autocomplete--input", "it controls a list that is there when open"),
    ("aria-required-children", ".o-autocomplete *", "the list is a menu of options"),
    ("aria-required-parent", ".o-autocomplete *", "the list is a menu of options"),
    ("listitem", ".o-autocomplete *", "the list is a menu of options"),
    ("label", ".o_form_view:has([name=graphql_api_key_ids]) #name_0", "a user's preferences"),
    # Swagger UI.
    ("label-content-name-mismatch", ".dialog-ux .modal-btn", "Authorize is Apply credentials"),
    # GraphiQL.
    ("nested-interactive", ".graphiql-tab", "tabs have buttons in them"),
    ("scrollable-region-focusable", ".CodeMirror-scroll", "the text area beside it has the focus"),
)
"""Rule or ``*``, CSS selector of what other projects make, why its faults stay."""

_RUN = """async ([impacts, upstream]) => {
    // Colors are those at the end of what changes them slowly.
    for (let frame = 0; frame < 2; frame++) {
        await new Promise(requestAnimationFrame);
    }
    for (const animation of document.getAnimations()) {
        if (animation.effect.getComputedTiming().endTime !== Infinity) {
            animation.finish();
        }
    }
    const { violations } = await axe.run(document, { resultTypes: ["violations"] });
    return violations
        .filter(({ impact }) => impacts.includes(impact))
        .flatMap(({ id, help, nodes }) =>
            nodes
                .filter(({ target }) => !upstream.some(
                    ([rule, selector]) => ["*", id].includes(rule) &&
                        document.querySelector(target.at(-1))?.matches(selector)
                ))
                .map(({ html, any }) => [
                    `${id}: ${help}`, html.slice(0, 300), ...any.map(({ message }) => message),
                ].join("\\n    "))
        );
}"""


def find_faults(page: Page) -> list[str]:
    """Return the serious and critical faults of what the page shows, each with its element."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    return page.evaluate(_RUN, [_IMPACTS, _UPSTREAM])


@cache
def _axe() -> str:
    path = Path(needs.variable("GRAPHQL_API_AXE"))
    # The value of the last expression is to be one that can be sent here.
    return f"{path.read_text(encoding='utf-8')}\n;null"
