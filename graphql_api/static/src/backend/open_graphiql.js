import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

// Where GraphiQL looks for the key of its tab (session.js).
const STORED = "graphql_api.key";

// Open GraphiQL in a tab of its own that has the key. A new tab begins with a copy of what the tab
// that opened it has stored for its session, so the key is in no address and in no history.
function openGraphiql(env, { params }) {
    sessionStorage.setItem(STORED, params.key);
    const opened = window.open("/api/graphql", "_blank");
    sessionStorage.removeItem(STORED);
    if (!opened) {
        env.services.notification.add(_t("The browser blocks the new tab: allow pop-ups here."), {
            type: "warning",
        });
    }
    return params.next;
}

registry.category("actions").add("graphql_api.open_graphiql", openGraphiql);
